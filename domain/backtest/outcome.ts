import { compareFacts, type Fact } from '../activity/activity.ts'
import { sift } from '../lead/left-out.ts'

/** What became of a lead, as sales judged it; `since` is when they began to say so. */
export interface Outcome {
  readonly type: 'good' | 'bad'
  readonly since: string
}

const verdicts: Readonly<Record<string, Outcome['type']>> = {
  'handoff.accepted': 'good',
  'deal.won': 'good',
  'handoff.rejected': 'bad',
  'deal.lost': 'bad',
}

const verdictOf = ({ type }: Fact): Outcome['type'] | undefined =>
  Object.hasOwn(verdicts, type) ? verdicts[type] : undefined

/**
 * The last word of sales on a lead: accepted or won, and neither rejected nor lost since, is good; the other way round
 * is bad. Answers to handoffs are facts of the log like any other. What was taken back does not count.
 * @returns undefined where sales has said nothing.
 */
export const outcomeOf = (facts: readonly Fact[]): Outcome | undefined => {
  const ordered = facts.toSorted(compareFacts)
  const { leftOut } = sift(ordered, undefined)
  let outcome: Outcome | undefined
  for (const fact of ordered) {
    const type = leftOut.has(fact.id) ? undefined : verdictOf(fact)
    if (type && type !== outcome?.type) outcome = { type, since: fact.occurredAt }
  }
  return outcome
}
