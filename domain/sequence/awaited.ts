import { decide } from '../lead/decide.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { compareFacts, type Fact, isNoNews, type LeadId } from '../model/activity.ts'
import type { Decision } from '../model/decision.ts'
import type { Sequence } from '../model/sequence.ts'
import type { Rules } from '../rules/rules.ts'
import { contextForRun } from './advance.ts'
import { beginsOn, entryWindow, type Occasion, refusalOf } from './enter-sequence.ts'
import { isRecycle } from './run.ts'

/** A lead as it is about to be committed. */
interface Decided {
  readonly leadId: LeadId
  readonly email?: string
  readonly state: LeadState
  readonly members?: readonly LeadId[]
  /** Whether it may be in a sequence, or have been in one. */
  readonly mayRun: boolean
  /** False: no email waits for a consent of its own; those of its members may. */
  readonly lacked?: false
}

interface Entry {
  readonly on: Occasion
  readonly fact: Pick<Fact, 'id' | 'occurredAt'>
}

const entry = (
  on: Occasion,
  {
    because,
    factOccurredAt: occurredAt,
  }: Decision<'StageAdvanced' | 'SequenceTriggered' | 'ActivityRecorded'>['data'],
): Entry | undefined =>
  'activityId' in because ? { on, fact: { id: because.activityId, occurredAt } } : undefined

/** What a sequence may begin with; undefined for every other decision. */
const entryOf = (one: Decision): Entry | undefined => {
  switch (one.type) {
    case 'StageAdvanced':
      return entry({ type: 'stage', stage: one.data.to }, one.data)
    case 'SequenceTriggered':
      return entry({ type: 'sequence', sequence: one.data.sequence }, one.data)
    case 'ActivityRecorded':
      return entry({ type: 'activity', activity: one.data.activity }, one.data)
    default:
      return undefined
  }
}

const begunBy = ({ on }: Entry, { playbook }: Rules): readonly Sequence[] =>
  Object.values(playbook.sequences).filter((sequence) => beginsOn(sequence, on))

/** A history that was joined counts from when its person had an address: the log alone tells when that was. */
const isTooLate = ({ members = [] }: Decided, { fact }: Entry, now: string): boolean =>
  members.length === 0 && Date.parse(now) - Date.parse(fact.occurredAt) > entryWindow

/** Whether somebody may wait for it: an email that lacked this consent, a handoff that meets another one, or a live sequence that may take the lead. Judged here alone where the fact is the last one: earlier ones need the log. */
const isAwaited = (lead: Decided, one: Decision, rules: Rules, now: string): boolean => {
  const begins = entryOf(one)
  const { leadId, state, members = [], mayRun, lacked } = lead
  if (one.type === 'ConsentGranted') return lacked === undefined || members.length > 0
  // Handoffs meet where the person has qualified: most that are merged are browsers.
  if (one.type === 'LeadMerged') return state.qualifications.length > 0
  if (!begins || isRecycle({ leadId, decisionId: one.id })) return true
  // A run may wait for an activity, or reach its goal by it.
  if (begins.on.type === 'activity' && mayRun) return true
  const sequences = begunBy(begins, rules)
  if (sequences.length === 0 || isTooLate(lead, begins, now)) return false
  const { id, occurredAt } = begins.fact
  if (members.length > 0 || state.last.id !== id) return true
  const begun = { leadId, entryId: one.id, enteredAt: occurredAt }
  const context = contextForRun(lead, { live: rules }, begun, { now: occurredAt })
  return sequences.some((sequence) => refusalOf(sequence, context) === undefined)
}

/** Facts that came after others which the lead's state held; `whole`: any may have. */
interface Late {
  readonly facts: readonly Fact[]
  readonly whole: boolean
}

/**
 * What was decided before and may begin a sequence now: a late fact comes before what it rests on, and whom a sequence
 * takes is judged as of that. What an import brought as no news stays so.
 */
const decidedAgain = (
  lead: Decided,
  before: LeadState | undefined,
  { facts, whole }: Late,
  { rules, now }: { readonly rules: Rules; readonly now: string },
): readonly Decision[] => {
  if (!before) return []
  const late = facts.filter((fact) => compareFacts(fact, { ...fact, ...before.last }) < 0)
  if (!whole && late.length === 0) return []
  return decide(lead, undefined, lead.state).filter((one) => {
    const begins = entryOf(one)
    if (!begins || isNoNews(begins.fact.id)) return false
    if (isTooLate(lead, begins, now) || begunBy(begins, rules).length === 0) return false
    return whole || late.some((fact) => compareFacts(fact, { ...fact, ...begins.fact }) <= 0)
  })
}

/**
 * The decisions that follow from new facts, those among them marked that nobody waits for. What was marked before
 * is decided again where a late fact may have changed that: in whatever order facts come, the same sequences begin.
 */
export const decideAwaited = (
  lead: Decided,
  before: LeadState | undefined,
  late: Late,
  { rules, now }: { readonly rules: Rules; readonly now: string },
): readonly Decision[] => {
  const decided = decide(lead, before, lead.state)
  const known = new Set(decided.map(({ id }) => id))
  const again = decidedAgain(lead, before, late, { rules, now }).filter(({ id }) => !known.has(id))
  return [
    ...decided.map((one): Decision => (isAwaited(lead, one, rules, now) ? one : { ...one, unawaited: true })),
    ...again.filter((one) => isAwaited(lead, one, rules, now)),
  ]
}

/**
 * Marks decisions that are no news (`rescored`): no sequence begins with them, whoever waits.
 * @param isNew nothing can wait for the lead yet: nobody has to look, whatever was decided.
 */
export const markNoNews = (
  decisions: readonly Decision[],
  { isNew }: { readonly isNew: boolean },
): readonly Decision[] =>
  decisions.map((one): Decision => (isNew || entryOf(one) ? { ...one, unawaited: true } : one))

/** Whether some sequence may take the lead by one of these decisions. */
export const mayBegin = (decisions: readonly Decision[]): boolean =>
  decisions.some(
    (one) => one.unawaited !== true && one.data.rescored === undefined && entryOf(one) !== undefined,
  )
