import type { Fact } from '../activity/activity.ts'
import { isAboutDeal } from '../sales/deal-activity.ts'
import { type DealStay, takeDealActivity } from '../sales/take-activity.ts'
import type { Draft } from './draft.ts'

/** Told of activities that left a deal where it was. */
export interface DealWatcher {
  dealStayed?(fact: Fact, stay: DealStay): void
}

/** Keeps the lead's deals. Asked for every fact: of one that is about none it makes nothing. */
export const takeDeal = (draft: Draft, fact: Fact, watcher?: DealWatcher): void => {
  if (!isAboutDeal(fact.type)) return
  const { deals, stay } = takeDealActivity(draft.deals, fact, draft.qualifications.at(-1)?.at)
  draft.deals = deals
  if (stay) watcher?.dealStayed?.(fact, stay)
}
