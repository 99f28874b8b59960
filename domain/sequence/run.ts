import type { StageEntry } from '../lead/funnel.ts'
import { isAdvance, isClosed } from '../lead/funnel.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { isCustomer, type Recycle, recycleEntered, withSalesSince } from '../lead/sales.ts'
import type { LeadId } from '../model/activity.ts'
import { stageRank } from '../model/deal.ts'
import type { Decision } from '../model/decision.ts'
import type { DecisionType, EventData } from '../model/events.ts'
import type { Playbook } from '../model/playbook.ts'
import type { Sequence } from '../model/sequence.ts'
import type { SalesHold, Waiting } from '../step/step-kind.ts'

/** One lead's way through one sequence. `step` is an index into the sequence's program. */
export interface Run {
  /** `leadId:sequence:entry`, unique for each entry. */
  readonly runId: string
  readonly leadId: LeadId
  readonly sequence: string
  /** Version of the playbook it began with and finishes in, unless it was migrated. */
  readonly playbookVersion: string
  /** The version under whose rules it was let in, where it was migrated since. */
  readonly enteredVersion?: string
  /** Id of the decision that let the lead in. */
  readonly entryId: string
  readonly enteredAt: string
  readonly step: number
  readonly status: RunStatus
  /** Names of timers that were set and are not waited for any more: they go off all the same. */
  readonly leftAlarms?: readonly string[]
  /** By the split's name: the way taken. */
  readonly ways?: Readonly<Record<string, string>>
  /** Set by a migration, until the next step is taken: where the run stood before. */
  readonly migrated?: Migrated
  /** 0: not stored yet. */
  readonly version: number
  readonly outbox: readonly Decision[]
}

interface Migrated {
  readonly id: string
  readonly from: {
    readonly playbookVersion: string
    readonly step: number
    readonly status: OpenStatus
  }
}

export type OpenStatus = Waiting | Held

/** `due` is when it would have gone on, at the step `next`. */
export interface Held {
  readonly type: 'held'
  readonly due: string
  readonly next: number
  /** Since when sales has the lead: it waits until that is over. Absent: its sequence is paused. */
  readonly salesSince?: string
}

type EndedStatus =
  | { readonly type: 'completed'; readonly at: string }
  | { readonly type: 'goal'; readonly at: string }
  /** `byStep`: the author's own `exit` step, not a condition that holds or something that was lost. */
  | { readonly type: 'exited'; readonly at: string; readonly because: string; readonly byStep?: true }

export type RunStatus = OpenStatus | EndedStatus

export const runStatuses = ['waiting', 'held', 'completed', 'goal', 'exited'] as const

/** A value for each status. */
export const perStatus = <Value>(
  make: (status: RunStatus['type']) => Value,
): Readonly<Record<RunStatus['type'], Value>> => ({
  waiting: make('waiting'),
  held: make('held'),
  completed: make('completed'),
  goal: make('goal'),
  exited: make('exited'),
})

/** Not at its end: it still waits, or is held. */
export const isOpen = (status: RunStatus): status is OpenStatus =>
  status.type === 'waiting' || status.type === 'held'

/** Why a run may not go on, other than by what its sequence says. */
export type WhyOver = 'merged' | 'withdrawn' | 'recycled' | 'consent-withdrawn' | 'customer' | 'closed'

/** A run between two states. */
export type OpenRun = Omit<Run, 'status'>

export interface Cause {
  readonly causationId: string
  readonly correlationId: string
}

/** A decision about a run. @param id the same however often and by whichever worker it is taken. */
export const decisionOf = <Type extends DecisionType>(
  run: OpenRun,
  type: Type,
  { id, now, cause }: { readonly id: string; readonly now: string; readonly cause: Cause },
  data: EventData[Type],
): Decision<Type> => ({
  id: `${run.runId}:${id}`,
  type,
  occurredAt: now,
  ...cause,
  leadId: run.leadId,
  data: { leadId: run.leadId, ...data },
})

/** Which run a decision is about. */
export const namesOf = ({ sequence, playbookVersion: version, runId }: OpenRun) => ({
  sequence,
  version,
  runId,
})

/**
 * Ends a run; the decision says how it ended.
 * @param reason of an exit that is not the sequence's own condition.
 */
export const end = (run: OpenRun, status: EndedStatus, cause: Cause, reason?: string): Run => {
  const outcome = status.type === 'exited' ? 'exit' : status.type
  const data = { ...namesOf(run), outcome, ...(reason === undefined ? {} : { reason }) } as const
  return {
    ...run,
    status,
    outbox: [...run.outbox, decisionOf(run, 'SequenceExited', { id: 'ended', now: status.at, cause }, data)],
  }
}

/** The lead's first run through a sequence has number 1. */
export const nextRunId = (leadId: LeadId, sequence: string, previous: Run | undefined): string => {
  const number = previous ? Number(previous.runId.slice(previous.runId.lastIndexOf(':') + 1)) + 1 : 1
  return `${leadId}:${sequence}:${number}`
}

/** What the ids of all emails of a run begin with. */
export const emailsOfRun = (runId: string): string => `${runId}:`

/** What the ids of all emails of a lead's runs through a sequence begin with. */
export const emailsOfSequence = (leadId: LeadId, sequence: string): string => `${leadId}:${sequence}:`

/** The one id of the email that a step of a run sends. */
export const sendIdOf = (runId: string, step: number): string => `${runId}:${step}`

/** What happens on resuming to the runs that fell due while their sequence was paused. */
export const resumeModes = ['send', 'skip', 'shift'] as const
export type ResumeMode = (typeof resumeModes)[number]

/** Open runs of a sequence are moved to another version of the playbook. */
export interface Migration {
  readonly id: string
  readonly at: string
  /** Version of the playbook. */
  readonly to: string
  /** Runs that have taken no step since are moved back. */
  readonly undoneAt?: string
}

/** A sequence as the console steers it. */
export interface SequenceState {
  readonly paused?: { readonly since: string }
  /** It was a broadcast, and no more of it goes out. */
  readonly canceled?: { readonly at: string }
  /** The latest resumption: what is still held from before continues as it says. */
  readonly resumed?: { readonly at: string; readonly pausedAt: string; readonly due: ResumeMode }
  /** It was resumed, and what is held does not know yet. */
  readonly isUntold?: true
  /** The latest ones, oldest first; only the last one moves runs. */
  readonly migrations?: readonly Migration[]
  /** 0: not stored yet. */
  readonly version: number
}

export const running: SequenceState = { version: 0 }

export const isMarketing = ({ emails }: Pick<Playbook, 'emails'>, email: string): boolean =>
  Object.values(emails[email] ?? {}).some(({ kind }) => kind === 'marketing')

/** Activities of the sale itself and of what comes after it begin with one of these. */
const ofSales = ['needs', 'proposal', 'negotiation', 'deal', 'onboarding', 'customer', 'order', 'renewal']
/** What they are when the sale came to nothing. */
const lost = 'deal.lost'

/** Whether a sequence is meant for people whom sales has, or for customers, where it does not say so itself. */
const isForSales = ({ enter }: Pick<Sequence, 'enter'>): boolean => {
  if ('stage' in enter) return enter.stage === 'purchase'
  if (!('activity' in enter)) return false
  const [noun = ''] = enter.activity.split('.', 1)
  return (ofSales.includes(noun) && enter.activity !== lost) || enter.activity === 'handoff.accepted'
}

/** Whether a sequence continues while sales has the lead. */
export const goesOnWithSales = (sequence: Pick<Sequence, 'enter' | 'withSales'>): boolean =>
  sequence.withSales === undefined ? isForSales(sequence) : sequence.withSales === 'continue'

/**
 * @param playbook the version that the run is in.
 * @param state the lead as it is now.
 * @returns undefined where nothing is held: marketing has the lead, or the sequence is meant for such leads.
 */
export const salesHold = (
  playbook: Pick<Playbook, 'emails'>,
  sequence: Pick<Sequence, 'enter' | 'withSales'>,
  state: LeadState,
): SalesHold | undefined => {
  const since = withSalesSince(state)
  return since === undefined || goesOnWithSales(sequence)
    ? undefined
    : { since, holds: (email) => isMarketing(playbook, email) }
}

/** When a lead that sales had since `since` was given back, as its log says; undefined where it says nothing of that. */
export const backFromSales = (since: string, { recycles }: Pick<LeadState, 'recycles'>): string | undefined =>
  recycles.find(({ at }) => at >= since)?.at

/** When some deal was first won, RFC 3339 UTC. */
const wonAt = ({ deals = [] }: LeadState): string | undefined =>
  deals
    .filter(({ status }) => status === 'won')
    .map(({ closedAt, openedAt }) => closedAt ?? openedAt)
    .toSorted()[0]

/**
 * Why what a run began before has no sense any more: its lead has become a customer since, or was closed for good. What
 * begins afterwards is another matter.
 */
export const salesOutcome = (
  run: Pick<Run, 'enteredAt'>,
  sequence: Pick<Sequence, 'enter' | 'withSales'>,
  state: LeadState,
): 'customer' | 'closed' | undefined => {
  if (goesOnWithSales(sequence)) return undefined
  const won = isCustomer(state) ? wonAt(state) : undefined
  if (won !== undefined && run.enteredAt < won) return 'customer'
  return isClosed(state) && state.paused && run.enteredAt < state.paused.at ? 'closed' : undefined
}

/** What a `StageAdvanced` decision's id says after the lead's: `stage:interest:1`. */
const stageDecision = /^:stage:([a-z_]+):(\d+)$/
/** `activity:demo.requested:<fact>` or `when@<sequence>:<fact>`. */
const triggerDecision = /^:(activity:[a-z0-9_]+(?:\.[a-z0-9_]+)+|when@[a-z0-9_-]+):(.+)$/s

const afterLead = (leadId: LeadId, decisionId: string): string =>
  decisionId.startsWith(leadId) ? decisionId.slice(leadId.length) : ''

/** The trigger that a decision told of: its key in the lead's state, and the fact. */
export const triggerOf = (
  leadId: LeadId,
  decisionId: string,
): { readonly key: string; readonly factId: string } | undefined => {
  const [, key, factId] = triggerDecision.exec(afterLead(leadId, decisionId)) ?? []
  return key === undefined || factId === undefined ? undefined : { key, factId }
}

/**
 * The entry that a `StageAdvanced` decision told of, as the lead's log has it now; it may rest on another fact since.
 * @returns undefined where the stage was taken back, `other` for a decision of another kind.
 */
export const currentEntry = (
  leadId: LeadId,
  decisionId: string,
  { stages }: LeadState,
): StageEntry | undefined | 'other' => {
  const match = stageDecision.exec(afterLead(leadId, decisionId))
  if (!match) return 'other'
  const [, stage, cycle] = match
  return stages.find((entry) => entry.stage === stage && entry.cycle === Number(cycle))
}

/** Whether a decision asks for the entry that a recycle leads to. */
export const isRecycle = ({
  leadId,
  decisionId,
}: {
  readonly leadId: LeadId
  readonly decisionId: string
}): boolean => recycleEntered(afterLead(leadId, decisionId).slice(1)) !== undefined

/**
 * The recycle that a decision asked for an entry by, as the lead's log has it now.
 * @returns `none` where it was taken back, undefined for a decision of another kind.
 */
export const recycleOf = (
  leadId: LeadId,
  decisionId: string,
  { recycles }: Pick<LeadState, 'recycles'>,
): Recycle | 'none' | undefined => {
  const cycle = recycleEntered(afterLead(leadId, decisionId).slice(1))
  if (cycle === undefined) return undefined
  return recycles.find((recycle) => recycle.cycle === cycle) ?? 'none'
}

/** Whether the lead was sent back since to a stage before the one that `entry` is about. */
const isRecycled = (entry: StageEntry, { stages }: LeadState): boolean =>
  stages.some(
    (later) =>
      later.cycle > entry.cycle &&
      !isAdvance(later) &&
      later.implied === undefined &&
      stageRank(later.stage) < stageRank(entry.stage),
  )

/**
 * Why a run may not go on whatever its sequence says: what it began with was taken back, its lead was sent back to an
 * earlier stage, or is part of another now. A trigger that another one followed counts as withdrawn here: only the log
 * can tell.
 */
export const whyOver = (
  run: Pick<Run, 'leadId' | 'entryId'>,
  lead: { readonly state: LeadState; readonly mergedInto?: LeadId },
): Extract<WhyOver, 'merged' | 'withdrawn' | 'recycled'> | undefined => {
  if (lead.mergedInto !== undefined) return 'merged'
  const trigger = triggerOf(run.leadId, run.entryId)
  if (trigger) return lead.state.triggers?.[trigger.key]?.factId === trigger.factId ? undefined : 'withdrawn'
  if (recycleOf(run.leadId, run.entryId, lead.state) === 'none') return 'withdrawn'
  const entry = currentEntry(run.leadId, run.entryId, lead.state)
  if (entry === undefined) return 'withdrawn'
  return entry !== 'other' && isRecycled(entry, lead.state) ? 'recycled' : undefined
}

/** What a run began with. */
export type Begun = Pick<Run, 'leadId' | 'entryId' | 'enteredAt'>

/** When the run began as the lead's log has it: with the fact that it rests on, where that is still known. */
const beganAt = ({ leadId, entryId, enteredAt }: Begun, state: LeadState): string => {
  const recycle = recycleOf(leadId, entryId, state)
  if (recycle !== undefined && recycle !== 'none') return recycle.at
  const trigger = triggerOf(leadId, entryId)
  const known = trigger && state.triggers?.[trigger.key]
  return known && known.factId === trigger?.factId ? known.at : enteredAt
}

/**
 * When the lead's cycle began that a run belongs to, RFC 3339 UTC: deeds before it are no reason to end the run. A run that
 * begins with the very fact that sent the lead back belongs to the cycle after it.
 * @returns undefined for the first cycle: all that the lead ever did counts.
 */
export const runCycleBegan = (run: Begun, state: LeadState): string | undefined => {
  const entry = currentEntry(run.leadId, run.entryId, state)
  if (entry !== undefined && entry !== 'other')
    return state.recycles.find(({ cycle }) => cycle === entry.cycle)?.at
  const at = beganAt(run, state)
  return state.recycles.findLast((recycle) => recycle.at <= at)?.at
}
