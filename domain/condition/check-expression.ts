import type { ASTNode } from '@marcbachmann/cel-js'
import { type ConditionKind, environments } from './environment.ts'
import { type ConditionFaultResult, typeFault } from './type-fault.ts'

export const maximumLength = 4000

/**
 * Parses and type-checks CEL source text, whatever it gives: a condition, or a number.
 * @returns `gives` as the library names types: `bool`, `double`, `dyn`, …
 */
export const checkExpression = (
  source: string,
  kind: ConditionKind,
  what: string,
): { readonly type: 'expression'; readonly ast: ASTNode; readonly gives: string } | ConditionFaultResult => {
  if (source.trim() === '') return { type: 'fault', message: `${what} is empty`, offset: 0 }
  if (source.length > maximumLength)
    return { type: 'fault', message: `longer than ${maximumLength} characters`, offset: maximumLength }
  const result = environments[kind].check(source)
  if (!result.valid || result.error) return typeFault(result.error ?? {}, source, kind)
  return { type: 'expression', ast: environments[kind].parse(source).ast, gives: result.type ?? 'dyn' }
}
