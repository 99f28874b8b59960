import type { Fact } from '../activity/activity.ts'
import { cycleOfHandoff } from '../handoff/handoff-ids.ts'
import { isAboutDeal } from '../sales/deal-activity.ts'
import { type DealStay, isOldNews, takeDealActivity } from '../sales/take-activity.ts'
import type { Draft } from './draft.ts'
import { isClosed, qualificationNow } from './with-sales.ts'

/** Told of activities that left a deal where it was. */
export interface DealWatcher {
  dealStayed?(fact: Fact, stay: DealStay): void
}

/**
 * Keeps the lead's deals. Asked for every fact: of one that is about none it makes nothing.
 * @returns whether the fact is old news: a deal that was over is said to be over.
 */
export const takeDeal = (draft: Draft, fact: Fact, watcher?: DealWatcher): boolean => {
  if (!isAboutDeal(fact.type) || isTooLate(draft, fact)) return false
  const { deals, stay } = takeDealActivity(draft.deals, fact, draft.qualifications.at(-1)?.at)
  draft.deals = deals
  if (stay) watcher?.dealStayed?.(fact, stay)
  return isOldNews(fact, stay)
}

/**
 * Somebody accepts a handoff after its lead was given back or closed: it stays so. The handoff of a lead that was merged
 * into this one counts that lead's cycles.
 */
const isTooLate = (draft: Draft, { type, member, properties: { handoffId } }: Fact): boolean => {
  if (type !== 'handoff.accepted' || member !== undefined) return false
  if (isClosed(draft)) return true
  return typeof handoffId === 'string'
    ? cycleOfHandoff(handoffId) < draft.cycle
    : draft.cycle > 1 && qualificationNow(draft) === undefined
}
