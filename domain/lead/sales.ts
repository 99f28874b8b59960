import { cycleOfHandoff, type Fact } from '../model/activity.ts'
import { type Deal, type DealPhase, isAboutDeal, type StageId } from '../model/deal.ts'
import { type Cause, type Decided, type Decision, decision } from '../model/decision.ts'
import type { DecisionType, EventData } from '../model/events.ts'
import type { Disposition } from '../model/handoff-rules.ts'
import type { JsonObject } from '../model/json.ts'
import type { Rules } from '../rules/rules.ts'
import { applyDealActivity, type DealStay, isOldNews, phaseOf } from '../sales/deals.ts'
import { type CountDraft, endCountsOfCycle } from './counts.ts'
import { type EngagementDraft, endAwardsOfCycle } from './engagement.ts'
import {
  beginCycle,
  type FunnelDraft,
  type FunnelState,
  isClosed,
  isKept,
  qualificationNow,
} from './funnel.ts'
import type { LogState } from './log.ts'
import { type DraftOf, list, optionalList, type StateOf, type Step, transient } from './slice.ts'

/** Receives what activities did with deals. */
export interface DealWatcher {
  /** It left its deal unchanged. */
  dealStayed?(fact: Fact, stay: DealStay): void
  /** All deals after it changed one. */
  dealsChanged?(fact: Fact, deals: readonly Deal[]): void
}

/** The beginning of another cycle. */
export interface Recycle extends Cause {
  readonly cycle: number
  readonly reason: string
  /** Its last deal was lost; absent: its handoff was rejected. */
  readonly lost?: true
  /** When it may qualify again. */
  readonly pausedUntil?: string
  /** The sequence that it enters. */
  readonly sequence?: string
}

const fields = {
  /** Deals with this lead, oldest first. */
  deals: optionalList<Deal>(),
  recycles: list<Recycle>(),
  /** The current fact repeats the end of a closed deal. */
  isOldNews: transient(false),
  /** The deal that the current fact closed as lost, if no open deal is left. */
  lost: transient<Deal | undefined>(undefined),
}

type State = StateOf<typeof fields>
export type SalesDraft = DraftOf<typeof fields>
type Draft = SalesDraft & FunnelDraft

/**
 * Acceptance has no effect after the lead was returned or closed. A merged lead's handoff is numbered by that lead's cycles,
 * and is not compared.
 */
const isTooLate = (draft: Draft, { type, member, properties: { handoffId } }: Fact): boolean => {
  if (type !== 'handoff.accepted' || member !== undefined) return false
  if (isClosed(draft)) return true
  return typeof handoffId === 'string'
    ? cycleOfHandoff(handoffId) < draft.cycle
    : draft.cycle > 1 && qualificationNow(draft) === undefined
}

const isOpen = ({ status }: Deal): boolean => status === 'open'

const isLost = ({ status }: Deal): boolean => status === 'lost'

/** The newly lost deal, if no open deal is left. */
const lastLost = (before: readonly Deal[], after: readonly Deal[]): Deal | undefined => {
  if (before === after || after.some(isOpen)) return undefined
  const wereLost = new Set(before.filter(isLost).map(({ dealId }) => dealId))
  return after.findLast((deal) => isLost(deal) && !wereLost.has(deal.dealId))
}

/** Runs for every fact, and allocates nothing for those without a deal. */
const applyToDeals = (draft: Draft, { fact, watcher }: Step<DealWatcher>): void => {
  draft.isOldNews = false
  draft.lost = undefined
  if (!isAboutDeal(fact.type) || isTooLate(draft, fact)) return
  const { deals, stay } = applyDealActivity(draft.deals, fact, draft.qualifications.at(-1)?.at)
  draft.lost = lastLost(draft.deals, deals)
  if (deals !== draft.deals) watcher?.dealsChanged?.(fact, deals)
  draft.deals = deals
  if (stay) watcher?.dealStayed?.(fact, stay)
  draft.isOldNews = isOldNews(fact, stay)
}

type Recycled = Draft & CountDraft & EngagementDraft

/** Why sales returns a lead, and its disposition. */
interface Return {
  readonly disposition: Disposition
  readonly reason: string
  /** Its last deal was lost; absent: its handoff was rejected. */
  readonly lost?: true
}

/** Returns a lead to marketing, or closes it for good. @returns whether a new cycle began. */
const sendBack = (
  draft: Recycled,
  { fact: { id: factId, occurredAt: at }, now }: Step,
  { disposition, reason, lost }: Return,
): boolean => {
  switch (disposition.type) {
    case 'close':
      draft.paused = { at, factId, reason }
      return false
    case 'recycle': {
      const { stage, pause, sequence } = disposition
      const until = pause === undefined ? undefined : new Date(now + pause).toISOString()
      recycle(draft, stage, {
        cycle: draft.cycle + 1,
        at,
        factId,
        reason,
        ...(lost && { lost }),
        ...(until !== undefined && { pausedUntil: until }),
        ...(sequence !== undefined && { sequence }),
      })
      draft.paused = until === undefined ? undefined : { until, at, factId, reason }
      return true
    }
    default:
      return disposition satisfies never
  }
}

const recycle = (draft: Recycled, target: StageId, entry: Recycle): void => {
  beginCycle(draft, target, entry)
  draft.recycles = [...draft.recycles, entry].filter(isKept(draft.cycle))
  endCountsOfCycle(draft)
  endAwardsOfCycle(draft)
}

/**
 * Applies a rejection by its disposition: a new cycle begins at a lower stage, or the lead is closed. Answers to handoffs of
 * earlier cycles, or after closing, change nothing.
 * @returns whether a new cycle began.
 */
const applyRejection = (draft: Recycled, step: Step): boolean => {
  const { fact, rules } = step
  if (fact.type !== 'handoff.rejected') return false
  const { reason, handoffId } = fact.properties
  // A merged lead's handoff counts that lead's cycles.
  const isOwn = fact.member === undefined
  const { reject } = rules.playbook.handoff
  if (typeof reason !== 'string' || !Object.hasOwn(reject, reason)) return false
  if (qualificationNow(draft) === undefined || isClosed(draft)) return false
  if (isOwn && typeof handoffId === 'string' && cycleOfHandoff(handoffId) !== draft.cycle) return false
  const disposition = reject[reason]
  return disposition !== undefined && sendBack(draft, step, { disposition, reason })
}

const dispositionFor = ({ playbook }: Rules, reason: string | undefined): Disposition | undefined => {
  const { lost } = playbook.handoff
  if (lost === undefined) return undefined
  const key = reason !== undefined && Object.hasOwn(lost, reason) ? reason : 'default'
  return Object.hasOwn(lost, key) ? lost[key] : undefined
}

/**
 * Applies the loss of the last open deal by its disposition: a new cycle begins, or the lead is closed. A customer remains a
 * customer.
 * @returns whether a new cycle began.
 */
const applyLoss = (draft: Recycled, step: Step): boolean => {
  const { lost: deal } = draft
  if (deal === undefined || isCustomer(draft) || isClosed(draft)) return false
  const disposition = dispositionFor(step.rules, deal.reason)
  if (disposition === undefined) return false
  return sendBack(draft, step, { disposition, reason: deal.reason ?? 'default', lost: true })
}

const applyToCycle = (draft: Recycled, step: Step): void => {
  draft.isRecycled = applyRejection(draft, step) || applyLoss(draft, step)
}

/** Only ids leave the table as reasons: free text may name a person. */
export const reasonId = (reason: string | undefined): JsonObject =>
  reason !== undefined && /^[a-z0-9][a-z0-9_-]{0,63}$/.test(reason) ? { reason } : {}

const named = ({ dealId, externalId, handoffId }: Deal) => ({
  dealId,
  ...(externalId === undefined ? {} : { externalId }),
  ...(handoffId === undefined ? {} : { handoffId }),
})

/** Identified by the lead that the deal began with, so that a merge publishes nothing twice. */
const ofDeal = <Type extends DecisionType>(
  lead: Decided,
  { dealId, member }: Deal,
  type: Type,
  { key, cause, data }: { readonly key: string; readonly cause: Cause; readonly data: EventData[Type] },
): Decision<Type> => ({
  ...decision(lead, type, key, cause, data),
  id: `${member ?? lead.leadId}:deal:${dealId}:${key}`,
})

/** Distinguishes repeated entries into the same phase. */
const again = (phases: readonly DealPhase[], index: number): string => {
  const earlier = phases.slice(0, index).filter(({ phase }) => phase === phases[index]?.phase).length
  return earlier === 0 ? '' : `:${earlier + 1}`
}

const phaseChanges = (lead: Decided, deal: Deal): readonly Decision[] =>
  deal.phases.map((entry, index) => {
    const key = `${entry.phase}${again(deal.phases, index)}`
    const data = {
      ...named(deal),
      from: deal.phases[index - 1]?.phase ?? null,
      to: entry.phase,
      because: { activityId: entry.factId },
      ...reasonId(entry.reason),
    }
    return ofDeal(lead, deal, 'DealPhaseChanged', { key, cause: entry, data })
  })

/** Distinguishes repeated closings. */
const closing = ({ phases }: Deal): string =>
  again(
    phases,
    phases.findLastIndex(({ phase }) => phase === 'closing'),
  )

const closed = (lead: Decided, deal: Deal): readonly Decision[] => {
  const { status, closedAt, closedBy, value, reason } = deal
  if (status === 'open' || closedAt === undefined || closedBy === undefined) return []
  const type = status === 'won' ? 'DealWon' : 'DealLost'
  const cause = { at: closedAt, factId: closedBy }
  const data = {
    ...named(deal),
    phase: phaseOf(deal),
    ...(value && { amount: value.amount, currency: value.currency }),
    because: { activityId: closedBy },
    ...reasonId(reason),
  }
  return [ofDeal(lead, deal, type, { key: `${status}${closing(deal)}`, cause, data })]
}

/** Suffix of the entry's id after a recycle: `recycled:2:enter`. */
const entryKey = (cycle: number): string => `recycled:${cycle}:enter`

/** @param key of a decision. @returns the cycle whose recycle asks for the entry; undefined for any other decision. */
export const recycleEntered = (key: string): number | undefined => {
  const [, cycle] = /^recycled:(\d+):enter$/.exec(key) ?? []
  return cycle === undefined ? undefined : Number(cycle)
}

const recycled = (lead: Decided, state: FunnelState, recycle: Recycle): readonly Decision[] => {
  const { cycle, factId, reason, lost, pausedUntil, sequence, at } = recycle
  const entry = state.stages.find((one) => one.cycle === cycle && one.factId === factId)
  const recycled = decision(lead, 'LeadRecycled', `recycled:${cycle}`, recycle, {
    reason,
    because: lost ? 'lost' : 'rejected',
    cycle,
    from: entry?.from ?? null,
    to: entry?.stage ?? null,
    pausedUntil: pausedUntil ?? null,
    sequence: sequence ?? null,
  })
  if (sequence === undefined) return [recycled]
  const because = { activityId: factId }
  const data = { sequence, because, factOccurredAt: at, cycle }
  return [recycled, decision(lead, 'SequenceTriggered', entryKey(cycle), recycle, data)]
}

const closedDecisions = (lead: Decided, { paused, cycle }: FunnelState): readonly Decision[] =>
  paused === undefined || paused.until !== undefined
    ? []
    : [decision(lead, 'LeadClosed', `closed:${paused.factId}`, paused, { reason: paused.reason, cycle })]

/** Decisions about returned leads (a new cycle with its sequence, or the end) and about each deal. */
const decisions = (lead: Decided, state: State & FunnelState): readonly Decision[] => [
  ...state.recycles.flatMap((recycle) => recycled(lead, state, recycle)),
  ...closedDecisions(lead, state),
  ...(state.deals ?? []).flatMap((deal) => [...phaseChanges(lead, deal), ...closed(lead, deal)]),
]

/** The deal left with its lead, which was separated. */
const wentAlong = ({ member }: Deal, { family }: LogState): boolean =>
  member !== undefined && !family?.members.includes(member)

/**
 * Published wins and losses that no longer hold, since the activity was voided or the deal reopened. `phase` is the deal's
 * current one; null without a deal.
 */
const changes = (lead: Decided, before: State | undefined, after: State & LogState): readonly Decision[] => {
  const { deals = [] } = after
  return (before?.deals ?? []).flatMap((deal) => {
    const now = deals.find(({ dealId }) => dealId === deal.dealId)
    if (deal.status === 'open' || now?.status === deal.status || wentAlong(deal, after)) return []
    const cause = { at: after.last.occurredAt, factId: after.last.id }
    const data = {
      ...named(deal),
      outcome: deal.status,
      phase: now ? phaseOf(now) : null,
      because: { activityId: deal.closedBy ?? null },
    }
    const key = `no-longer-${deal.status}:${deal.closedBy}`
    return [ofDeal(lead, deal, 'DealOutcomeWithdrawn', { key, cause, data })]
  })
}

/** Parts of the state that determine who has a lead. */
export type Standing = Pick<State & FunnelState, 'deals' | 'cycle' | 'qualifications' | 'paused'>

/** Any deal with the lead was won. */
export const isCustomer = ({ deals = [] }: Pick<State, 'deals'>): boolean =>
  deals.some(({ status }) => status === 'won')

const byOpening = (a: Deal, b: Deal): number =>
  a.openedAt < b.openedAt ? -1 : a.openedAt > b.openedAt ? 1 : 0

const endOf = ({ status, openedAt, closedAt }: Deal): string | undefined =>
  status === 'open' ? undefined : (closedAt ?? openedAt)

/**
 * Since when sales has had the lead: from its qualification until it is rejected, withdrawn or closed, or until all its deals
 * are closed. Without a qualification, while a deal is open.
 * @returns RFC 3339 UTC; undefined while marketing has it.
 */
export const withSalesSince = (state: Standing): string | undefined => {
  const qualified = isClosed(state) ? undefined : qualificationNow(state)?.at
  let since = qualified
  /** End of the period that began at `since`; undefined if ongoing. */
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

/** Whether sales has the lead; marketing pauses meanwhile. */
export const withSales = (state: Standing): boolean => withSalesSince(state) !== undefined

/** Deals, applied before the fact is counted. */
export const dealSlice = { fields, apply: applyToDeals, changes, decisions }

/** Rejections and losses that recycle or close the lead, applied after the fact was counted. */
export const recyclingSlice = { fields: {}, apply: applyToCycle }
