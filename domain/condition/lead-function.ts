import type { ASTNode } from '@marcbachmann/cel-js'
import { parseDuration } from '../duration.ts'
import { stageIds, stageRank } from '../funnel/funnel-rules.ts'
import { phaseRank, salesPhases } from '../sales/sales-phases.ts'
import type { ConditionContext } from './condition.ts'
import { ConditionFault } from './condition-fault.ts'
import type { Value } from './value.ts'

const literal = (node: ASTNode | undefined, what: string, offset: number): string => {
  if (node?.op === 'value' && typeof node.args === 'string') return node.args
  throw new ConditionFault(`${what} must be written out, in quotes`, node?.start ?? offset)
}

/** @returns milliseconds; undefined when the call asks for no window. */
const windowOf = (node: ASTNode | undefined): number | undefined => {
  if (!node) return undefined
  const text = literal(node, 'the duration', node.start)
  const duration = parseDuration(text)
  if (duration === undefined) {
    throw new ConditionFault(`"${text}" is not a duration: write 90m, 4h, 3d or 2w`, node.start + 1)
  }
  return duration
}

const oneOf = <Name extends string>(
  what: string,
  known: readonly Name[],
  node: ASTNode | undefined,
  offset: number,
): Name => {
  const text = literal(node, `the ${what}`, offset)
  const name = known.find((one) => one === text)
  if (name !== undefined) return name
  throw new ConditionFault(`unknown ${what} "${text}"`, (node?.start ?? offset) + 1, { name: text, known })
}

/** A call of CONTRACT section 7, or `phaseAtLeast`; undefined when `name` is none of them. @throws ConditionFault for an argument that is not right. */
export const leadFunction = (
  name: string,
  args: readonly ASTNode[],
  offset: number,
): ((context: ConditionContext) => Value) | undefined => {
  switch (name) {
    case 'stageAtLeast': {
      const rank = stageRank(oneOf('stage', stageIds, args[0], offset))
      return (context) => stageRank(context.stage()) >= rank
    }
    case 'phaseAtLeast': {
      const rank = phaseRank(oneOf('sales phase', salesPhases, args[0], offset))
      return (context) => {
        const phase = context.phase()
        return phase !== '' && phaseRank(phase) >= rank
      }
    }
    case 'did': {
      const [type, within] = [literal(args[0], 'the activity type', offset), windowOf(args[1])]
      return (context) => context.did(type, within)
    }
    case 'count': {
      const [type, within] = [literal(args[0], 'the activity type', offset), windowOf(args[1])]
      return (context) => context.count(type, within)
    }
    case 'daysSince': {
      const type = literal(args[0], 'the activity type', offset)
      return (context) => context.daysSince(type)
    }
    case 'opened': {
      const email = literal(args[0], 'the email', offset)
      return (context) => context.opened(email)
    }
    case 'clicked': {
      const email = literal(args[0], 'the email', offset)
      return (context) => context.clicked(email)
    }
    default:
      return undefined
  }
}
