import { cycleOfHandoff, type Fact } from '../model/activity.ts'
import { type Deal, type DealPhase, isAboutDeal, type StageId, stageIds, stageRank } from '../model/deal.ts'
import { type Cause, type Decided, type Decision, decision } from '../model/decision.ts'
import type { DecisionType, EventData } from '../model/events.ts'
import type { Disposition } from '../model/handoff-rules.ts'
import type { JsonObject } from '../model/json.ts'
import { stateLimits } from '../model/state-limits.ts'
import type { Rules } from '../rules/rules.ts'
import { type DealStay, isOldNews, phaseOf, takeDealActivity } from '../sales/deals.ts'
import { endCycle } from '../scoring/awards.ts'
import type { Draft } from './draft.ts'
import {
  isBlank,
  isClosed,
  isCustomer,
  type LeadState,
  qualificationNow,
  type Recycle,
  type StageEntry,
} from './lead-state.ts'
import type { LeadView } from './lead-view.ts'

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

const noDeals: readonly Deal[] = []

/** Reasons leave as ids alone: what somebody wrote in their own words may name a person. */
const reasonId = (reason: string | undefined): JsonObject =>
  reason !== undefined && /^[a-z0-9][a-z0-9_-]{0,63}$/.test(reason) ? { reason } : {}

const named = ({ dealId, externalId, handoffId }: Deal) => ({
  dealId,
  ...(externalId === undefined ? {} : { externalId }),
  ...(handoffId === undefined ? {} : { handoffId }),
})

/** Named by the lead that it began with: whoever that lead is merged into tells the same of it, and it is no news. */
const ofDeal = <Type extends DecisionType>(
  lead: Decided,
  { dealId, member }: Deal,
  type: Type,
  key: string,
  cause: Cause,
  data: EventData[Type],
): Decision<Type> => ({
  ...decision(lead, type, key, cause, data),
  id: `${member ?? lead.leadId}:deal:${dealId}:${key}`,
})

/** How often the deal had come to this phase before: coming to it again is other news. */
const again = (phases: readonly DealPhase[], index: number): string => {
  const earlier = phases.slice(0, index).filter(({ phase }) => phase === phases[index]?.phase).length
  return earlier === 0 ? '' : `:${earlier + 1}`
}

const phaseChanges = (lead: Decided, deal: Deal): readonly Decision[] =>
  deal.phases.map((entry, index) => {
    const key = `${entry.phase}${again(deal.phases, index)}`
    return ofDeal(lead, deal, 'DealPhaseChanged', key, entry, {
      ...named(deal),
      from: deal.phases[index - 1]?.phase ?? null,
      to: entry.phase,
      because: { activityId: entry.factId },
      ...reasonId(entry.reason),
    })
  })

/** One for each time that it came to its end. */
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
  return [
    ofDeal(lead, deal, type, `${status}${closing(deal)}`, cause, {
      ...named(deal),
      phase: phaseOf(deal),
      ...(value && { amount: value.amount, currency: value.currency }),
      because: { activityId: closedBy },
      ...reasonId(reason),
    }),
  ]
}

/** The way of each deal, and its end. */
export const dealDecisions = (lead: Decided, { deals = noDeals }: LeadState): readonly Decision[] =>
  deals.flatMap((deal) => [...phaseChanges(lead, deal), ...closed(lead, deal)])

/** A lead that was set apart again has taken its deals along: there they stand. */
const wentAlong = ({ member }: Deal, { family }: LeadState): boolean =>
  member !== undefined && !family?.members.includes(member)

/**
 * A win or loss that was told and no longer stands: the activity was taken back, or the deal was opened again. `phase` is
 * where the deal stands now, null when there is none any more.
 */
export const withdrawnOutcomes = (
  lead: Decided,
  before: LeadState,
  after: LeadState,
): readonly Decision[] => {
  const { deals = noDeals } = after
  return (before.deals ?? noDeals).flatMap((deal) => {
    const now = deals.find(({ dealId }) => dealId === deal.dealId)
    if (deal.status === 'open' || now?.status === deal.status || wentAlong(deal, after)) return []
    const cause = { at: after.last.occurredAt, factId: after.last.id }
    return [
      ofDeal(lead, deal, 'DealOutcomeWithdrawn', `no-longer-${deal.status}:${deal.closedBy}`, cause, {
        ...named(deal),
        outcome: deal.status,
        phase: now ? phaseOf(now) : null,
        because: { activityId: deal.closedBy ?? null },
      }),
    ]
  })
}

/** Why sales gives a lead back, and what `handoff.yaml` says follows. */
interface Return {
  readonly disposition: Disposition
  readonly reason: string
  /** Its last deal was lost; absent: its handoff was rejected. */
  readonly lost?: true
}

/** A lead goes back from sales to marketing, or is closed for good. @returns whether a new cycle began. */
const sendBack = (
  draft: Draft,
  { id: factId, occurredAt: at }: Fact,
  now: number,
  { disposition, reason, lost }: Return,
): boolean => {
  switch (disposition.type) {
    case 'close':
      draft.paused = { at, factId, reason }
      return false
    case 'recycle': {
      const { stage, pause, sequence } = disposition
      const until = pause === undefined ? undefined : new Date(now + pause).toISOString()
      beginCycle(draft, stage, {
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

const beginCycle = (draft: Draft, target: StageId, recycle: Recycle): void => {
  const { cycle, at, factId } = recycle
  const from = draft.stages.at(-1)?.stage ?? stageIds[0]
  const stage = stageRank(target) < stageRank(from) ? target : from
  draft.cycle = cycle
  draft.cycleBegan = at
  draft.stages.push({ stage, from, at, factId, cycle })
  draft.recycles.push(recycle)
  forgetCycles(draft)
  for (const seen of draft.seen.values()) seen.earlier = seen.count
  for (const [index, meter] of draft.meters.entries()) {
    if (meter) draft.meters[index] = endCycle(meter)
  }
}

/** The earliest cycle that is kept when `cycle` is the present one. */
export const oldestCycle = (cycle: number): number => Math.max(1, cycle - stateLimits.cycles + 1)

/** What came of cycles long ago stays in the log, but for the very beginning; of those before the last one, conditions need not be told any more. */
const forgetCycles = (draft: Draft): void => {
  const oldest = oldestCycle(draft.cycle)
  const isKept = ({ cycle }: { readonly cycle: number }): boolean => cycle >= oldest
  const stages = draft.stages
    .filter((entry, index) => index === 0 || isKept(entry))
    .map(withoutCondition(draft))
  draft.stages.splice(0, draft.stages.length, ...stages)
  draft.qualifications.splice(0, draft.qualifications.length, ...draft.qualifications.filter(isKept))
  draft.recycles.splice(0, draft.recycles.length, ...draft.recycles.filter(isKept))
}

const withoutCondition =
  ({ cycle }: Draft) =>
  (entry: StageEntry): StageEntry =>
    entry.cycle < cycle - 1 && entry.condition !== undefined ? { ...entry, condition: '' } : entry

/**
 * Sales sends a qualified lead back: as `handoff.yaml` says for the reason, a new cycle begins at a lower stage, or
 * the lead is closed. An answer to the handoff of an earlier cycle changes nothing, nor does one after it was closed.
 * @returns whether a new cycle began.
 */
export const takeRejection = (draft: Draft, fact: Fact, now: number, rules: Rules): boolean => {
  if (fact.type !== 'handoff.rejected') return false
  const { reason, handoffId } = fact.properties
  // The handoff of a lead that was merged into this one counts that lead's cycles.
  const isOwn = fact.member === undefined
  const { reject } = rules.playbook.handoff
  if (typeof reason !== 'string' || !Object.hasOwn(reject, reason)) return false
  if (qualificationNow(draft) === undefined || isClosed(draft)) return false
  if (isOwn && typeof handoffId === 'string' && cycleOfHandoff(handoffId) !== draft.cycle) return false
  const disposition = reject[reason]
  return disposition !== undefined && sendBack(draft, fact, now, { disposition, reason })
}

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

/** What the id of the entry that a recycle asks for says after the lead's: `recycled:2:enter`. */
const entryKey = (cycle: number): string => `recycled:${cycle}:enter`

/** @param key of a decision. @returns the cycle whose recycle asks for the entry; undefined for any other decision. */
export const recycleEntered = (key: string): number | undefined => {
  const [, cycle] = /^recycled:(\d+):enter$/.exec(key) ?? []
  return cycle === undefined ? undefined : Number(cycle)
}

const recycled = (lead: Decided, state: LeadState, recycle: Recycle): readonly Decision[] => {
  const { cycle, factId, reason, lost, pausedUntil, sequence, at } = recycle
  const entry = state.stages.find((one) => one.cycle === cycle && one.factId === factId)
  const told = decision(lead, 'LeadRecycled', `recycled:${cycle}`, recycle, {
    reason,
    because: lost ? 'lost' : 'rejected',
    cycle,
    from: entry?.from ?? null,
    to: entry?.stage ?? null,
    pausedUntil: pausedUntil ?? null,
    sequence: sequence ?? null,
  })
  if (sequence === undefined) return [told]
  const because = { activityId: factId }
  const data = { sequence, because, factOccurredAt: at, cycle }
  return [told, decision(lead, 'SequenceTriggered', entryKey(cycle), recycle, data)]
}

const closedDecisions = (lead: Decided, { paused, cycle }: LeadState): readonly Decision[] =>
  paused === undefined || paused.until !== undefined
    ? []
    : [decision(lead, 'LeadClosed', `closed:${paused.factId}`, paused, { reason: paused.reason, cycle })]

/** What follows from a lead that sales gave back: a new cycle and a sequence for it, or the end. */
export const givenBack = (lead: Decided, state: LeadState): readonly Decision[] => [
  ...state.recycles.flatMap((recycle) => recycled(lead, state, recycle)),
  ...closedDecisions(lead, state),
]

/** Attributes that a lead must have to qualify, and lacks. */
export const lackedBy = (view: Pick<LeadView, 'attribute'>, { playbook }: Rules): readonly string[] =>
  playbook.handoff.require.filter((name) => isBlank(view.attribute(name)))

/** Whether a lead is ready for sales at the moment that `view` stands at. */
export const meetsQualification = (view: LeadView, rules: Rules): boolean =>
  lackedBy(view, rules).length === 0 && rules.qualify.test(view)

/** The end (ms) of a pause that was not judged yet. */
const endOf = ({ paused }: Draft): number | undefined =>
  paused === undefined || paused.until === undefined || paused.over ? undefined : Date.parse(paused.until)

const isQualified = ({ qualifications, cycle }: Draft): boolean => qualifications.at(-1)?.cycle === cycle

/**
 * Lets time pass until `now` (ms) for a lead that was sent back for a while: when the pause is over and it is ready for
 * sales, it qualifies at that moment, whether anything happens or not.
 * @param view is moved. @returns whether a pause ended.
 */
export const passPause = (draft: Draft, view: LeadView, rules: Rules, now: number): boolean => {
  const end = endOf(draft)
  const { paused, cycle } = draft
  if (end === undefined || end > now || paused?.until === undefined) return false
  draft.paused = { ...paused, over: true }
  view.moveTo(end)
  if (!isQualified(draft) && meetsQualification(view, rules)) {
    const { until: at, factId } = paused
    draft.qualifications.push({ cycle, at, factId, score: view.score() ?? 0, pauseOver: true })
  }
  return true
}

/** When (ms) a pause ends whose lead will be ready for sales then, if nothing happens before. @param view is moved. */
export const qualifiesAfterPause = (draft: Draft, view: LeadView, rules: Rules): number | undefined => {
  const end = endOf(draft)
  if (end === undefined || isQualified(draft)) return undefined
  view.moveTo(end)
  return meetsQualification(view, rules) ? end : undefined
}
