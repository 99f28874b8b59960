import type { Deal } from '../sales/deal.ts'
import type { LeadState } from './lead-state.ts'

/** What tells who has a lead. */
export type Standing = Pick<LeadState, 'cycle' | 'qualifications' | 'paused' | 'deals'>

/** Sales will not have the lead again: it is closed for good. */
export const isClosed = ({ paused }: { readonly paused?: LeadState['paused'] | undefined }): boolean =>
  paused !== undefined && paused.until === undefined

/** Some deal with the lead was won. */
export const isCustomer = ({ deals = [] }: Pick<LeadState, 'deals'>): boolean =>
  deals.some(({ status }) => status === 'won')

/** The qualification of the present cycle. */
export const qualificationNow = ({
  cycle,
  qualifications,
}: Pick<LeadState, 'cycle' | 'qualifications'>): LeadState['qualifications'][number] | undefined => {
  const last = qualifications.at(-1)
  return last?.cycle === cycle ? last : undefined
}

const byOpening = (a: Deal, b: Deal): number =>
  a.openedAt < b.openedAt ? -1 : a.openedAt > b.openedAt ? 1 : 0

const endOf = ({ status, openedAt, closedAt }: Deal): string | undefined =>
  status === 'open' ? undefined : (closedAt ?? openedAt)

/**
 * Since when sales has the lead without a break: from its qualification until it is rejected, withdrawn or closed for
 * good, or until all deals that followed are closed. Business that begins without a qualification counts for as long
 * as it is open.
 * @returns RFC 3339 UTC; undefined while marketing has it.
 */
export const withSalesSince = (state: Standing): string | undefined => {
  const qualified = isClosed(state) ? undefined : qualificationNow(state)?.at
  let since = qualified
  /** When what `since` began was over; undefined: it is not. */
  let until: string | undefined
  let hasDeal = false
  for (const deal of (state.deals ?? []).toSorted(byOpening)) {
    const { openedAt } = deal
    const closedAt = endOf(deal)
    const isEarlier = qualified !== undefined && closedAt !== undefined && closedAt < qualified
    if (isEarlier) continue
    const goesOn = since !== undefined && (!hasDeal || until === undefined || openedAt <= until)
    const isLonger = until !== undefined && (closedAt === undefined || closedAt > until)
    if (!goesOn) since = openedAt
    if (!goesOn || !hasDeal || isLonger) until = closedAt
    hasDeal = true
  }
  return until === undefined ? since : undefined
}

/** Whether sales has the lead: marketing stands back as long. */
export const withSales = (state: Standing): boolean => withSalesSince(state) !== undefined
