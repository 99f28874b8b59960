import { compareFacts, type Fact } from '../activity/activity.ts'
import { sift } from '../lead/left-out.ts'
import type { Deal } from '../sales/deal.ts'
import { isOldNews, takeDealActivity } from '../sales/take-activity.ts'

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
  let deals: readonly Deal[] = []
  for (const fact of ordered) {
    if (leftOut.has(fact.id)) continue
    const after = takeDealActivity(deals, fact)
    deals = after.deals
    const isRepeat = isOldNews(fact, after.stay) && fact.type === `deal.${after.stay?.status}`
    const type = isRepeat ? undefined : verdictOf(fact)
    if (type && type !== outcome?.type) outcome = { type, since: fact.occurredAt }
  }
  return outcome
}
