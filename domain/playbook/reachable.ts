import { compileCondition } from '../condition/compile-condition.ts'
import type { StageId } from '../funnel/funnel-rules.ts'
import type { ScoreBounds } from './score-bounds.ts'

export const whyUnreachable = (
  source: string,
  _stage: StageId,
  _bounds: ScoreBounds,
): { readonly message: string; readonly offset: number } | undefined => {
  const result = compileCondition(source, 'lead')
  return result.type === 'condition' && result.condition.constant === false
    ? { message: 'its condition is always false', offset: 0 }
    : undefined
}
