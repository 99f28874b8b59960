import type { Fact } from '../activity/activity.ts'
import type { Disposition } from '../handoff/handoff-rules.ts'
import type { Rules } from '../playbook/rules.ts'
import type { Deal } from '../sales/deal.ts'
import type { Draft } from './draft.ts'
import { sendBack } from './send-back.ts'
import { isClosed, isCustomer } from './with-sales.ts'

const isOpen = ({ status }: Deal): boolean => status === 'open'
const isLost = ({ status }: Deal): boolean => status === 'lost'

/** The deal by whose loss none is open any more. */
const lastLost = (before: readonly Deal[], after: readonly Deal[]): Deal | undefined => {
  if (before === after || after.some(isOpen)) return undefined
  const wereLost = new Set(before.filter(isLost).map(({ dealId }) => dealId))
  return after.findLast((deal) => isLost(deal) && !wereLost.has(deal.dealId))
}

const dispositionFor = ({ playbook }: Rules, reason: string | undefined): Disposition | undefined => {
  const { lost } = playbook.handoff
  if (lost === undefined) return undefined
  const key = reason !== undefined && Object.hasOwn(lost, reason) ? reason : 'default'
  return Object.hasOwn(lost, key) ? lost[key] : undefined
}

/**
 * The last open deal is lost: as `handoff.yaml` says for the reason, a new cycle begins, or the lead is closed for good.
 * A customer stays one, whatever else is lost.
 * @param before the deals as they were before the fact was taken. @returns whether a new cycle began.
 */
export const takeLoss = (
  draft: Draft,
  fact: Fact,
  now: number,
  rules: Rules,
  before: readonly Deal[],
): boolean => {
  const deal = lastLost(before, draft.deals)
  if (deal === undefined || isCustomer(draft) || isClosed(draft)) return false
  const disposition = dispositionFor(rules, deal.reason)
  if (disposition === undefined) return false
  return sendBack(draft, fact, now, { disposition, reason: deal.reason ?? 'default', lost: true })
}
