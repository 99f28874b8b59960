import type { ASTNode } from '@marcbachmann/cel-js'
import { compileValue, type Evaluate } from './compile-expression.ts'
import { ConditionFault } from './condition-fault.ts'
import { select, type Value } from './value.ts'

/**
 * A name that stands alone: what a comprehension bound, or one of the contract's variables.
 * @throws ConditionFault for names of the library's own, such as types.
 */
export const compileVariable = (name: string, names: readonly string[], offset: number): Evaluate => {
  const local = names.lastIndexOf(name)
  if (local >= 0) return (_, locals) => locals[local]
  switch (name) {
    case 'score':
      return (context) => context.score()
    case 'fit':
      return (context) => context.fit()
    case 'engagement':
      return (context) => context.engagement()
    case 'band':
      return (context) => context.band()
    case 'grade':
      return (context) => context.grade()
    case 'stage':
      return (context) => context.stage()
    case 'consented':
      return (context) => context.consented()
    case 'confirmed':
      return (context) => context.confirmed()
    case 'customer':
      return (context) => context.customer()
    case 'phase':
      return (context) => context.phase()
    case 'lead':
      return (context) =>
        Object.fromEntries(
          context.attributeNames().map((attribute) => [attribute, context.attribute(attribute)]),
        )
    case 'activity':
      return ({ activity }) => activity && { ...activity.properties, type: activity.type }
    default:
      throw new ConditionFault(`"${name}" is not available`, offset)
  }
}

/** `base.key` and `base["key"]`, without building the whole of `lead` or `activity`. */
export const compileReference = (
  base: ASTNode,
  key: string | Evaluate,
  names: readonly string[],
): Evaluate => {
  if (typeof key === 'string' && base.op === 'id' && !names.includes(base.args)) {
    if (base.args === 'lead') return (context) => context.attribute(key)
    if (base.args === 'activity') {
      if (key === 'type') return (context) => context.activity?.type
      return (context) => select(context.activity?.properties, key)
    }
  }
  const whole = compileValue(base, names)
  if (typeof key === 'string') return (context, locals) => select(whole(context, locals), key)
  return (context, locals): Value => select(whole(context, locals), key(context, locals))
}
