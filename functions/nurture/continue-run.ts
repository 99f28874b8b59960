import { isStructural } from '../../domain/lead/filter-facts.ts'
import { draftOf, foldLead } from '../../domain/lead/fold.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { withSales } from '../../domain/lead/sales.ts'
import { compareFacts, type Fact, type LeadId } from '../../domain/model/activity.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import type { Sequence } from '../../domain/model/sequence.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { contextForRun, profileChangesOf, type Situation, timerOf } from '../../domain/sequence/advance.ts'
import type { Reached } from '../../domain/sequence/enter-sequence.ts'
import { migrateRun, migrationStatus, moveBack, planMove } from '../../domain/sequence/migrate-run.ts'
import {
  endRun,
  endsWithoutConsent,
  isDue,
  isHeld,
  isHeldBySales,
  releaseFromSales,
  releaseHeld,
  resumeRun,
} from '../../domain/sequence/resume-run.ts'
import {
  backFromSales,
  currentEntry,
  isOpen,
  type Run,
  recycleOf,
  type SequenceState,
  salesHold,
  salesOutcome,
  triggerOf,
  type WhyOver,
  whyOver,
} from '../../domain/sequence/run.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import { rulesOf } from '../compiled-rules.ts'
import type {
  Bus,
  Clock,
  EnqueueNurture,
  Lead,
  Leads,
  Playbooks,
  Runs,
  SequenceStates,
  Timers,
} from '../ports.ts'
import { readAhead } from '../read-ahead.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import type { RunTimer, RunWork, SweepWork } from './parse-message.ts'

/** The sequence as it was when the run began. @throws a defect when that version has no such sequence. */
export const sequenceOf = async (playbooks: Playbooks, run: Run): Promise<Sequence> => {
  const { sequences } = await playbooks.version(run.playbookVersion)
  const sequence = sequences[run.sequence]
  if (!sequence) throw new Error(`run ${run.runId}: no sequence ${run.sequence} in ${run.playbookVersion}`)
  return sequence
}

export interface PerformRunPorts {
  readonly runs: Runs
  readonly timers: Timers
  readonly bus: Bus
  readonly playbooks: Playbooks
  readonly clock: Clock
}

/**
 * Sets the timer of a committed run, and publishes its outbox and profile changes. Safe to repeat: timers have a name,
 * decisions and activities an id. @returns the run with nothing left to do.
 */
export const performRun = async (ports: PerformRunPorts, run: Run): Promise<Run> => {
  if (run.outbox.length === 0) return run
  const changes = profileChangesOf(run, await sequenceOf(ports.playbooks, run))
  const timer = timerOf(run)
  await Promise.all([
    timer && ports.timers.set(timer.name, notPast(timer.at, ports.clock()), timer.message),
    ports.bus.publish(run.outbox),
    changes.length > 0 && ports.bus.submit(changes),
  ])
  await ports.runs.clearOutbox(run)
  return { ...run, outbox: [] }
}

/** Time for the call that sets a timer: Scheduler promises nothing for times that have passed. */
const leadTime = 5_000

/** A timer that is only set when it is due fires soon. */
const notPast = (at: string, now: string): string => {
  const soonest = addMilliseconds(now, leadTime)
  return at < soonest ? soonest : at
}

export interface LetGoPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly sequences: Pick<SequenceStates, 'load'>
  readonly enqueueNurture: EnqueueNurture
}

/**
 * A run that was held while its sequence was being resumed, or while its lead was being given back: whoever did that may
 * not have seen it.
 */
export const letGo = async (
  { leads, sequences, enqueueNurture }: LetGoPorts,
  { status, leadId, sequence }: Pick<Run, 'status' | 'leadId' | 'sequence'>,
): Promise<void> => {
  if (status.type !== 'held') return
  if (status.salesSince !== undefined) {
    const state = (await leads.load(leadId))?.state
    if (state && !withSales(state))
      await enqueueNurture({ type: 'run', leadId, sequence, work: { type: 'give-back' } })
    return
  }
  const { paused, resumed } = await sequences.load(sequence)
  if (!paused && resumed) await enqueueNurture({ type: 'run', leadId, sequence, work: { type: 'release' } })
}

type Place = Reached['fact']

/** A lead at the moment at which it is let into a sequence. */
interface LeadAtEntry {
  /** With the fact that caused it by what is known today. */
  readonly reached: Reached
  readonly lead: { readonly email?: string; readonly state: LeadState }
  /** As it stands now. */
  readonly current: LeadState
  /** Those merged into it. */
  readonly members: readonly LeadId[]
}

/**
 * The lead as it was once the fact was taken that the sequence begins with. Where somebody's history was joined to it, that
 * is when its address was known, if later: nobody could be written to before. Where another sequence led here: as it is.
 * @returns undefined for a lead that has been erased or merged into another, and for what no longer stands.
 */
export const leadAtEntry = async (
  leads: Pick<Leads, 'load' | 'facts'>,
  message: Reached,
  rules: Rules,
): Promise<LeadAtEntry | undefined> => {
  const lead = await leads.load(message.leadId)
  if (!lead?.state || lead.mergedInto !== undefined) return undefined
  const known = { ...lead, state: lead.state }
  const { members = [] } = lead
  const opened = await openedBy(leads, message, known, rules)
  if (opened === undefined) return undefined
  const email = lead.email === undefined ? {} : { email: lead.email }
  const isLatest = opened === 'now' || (members.length === 0 && known.state.last.id === opened.id)
  if (isLatest) {
    const fact = opened === 'now' ? message.fact : opened
    const { state } = known
    const again = recycleOf(message.leadId, message.decisionId, state) ? ({ again: true } as const) : {}
    return { reached: { ...message, fact, ...again }, lead: { ...email, state }, current: state, members }
  }
  const facts = await leads.facts(message.leadId)
  const addressed = members.length === 0 ? undefined : firstAddressed(facts)
  const fact = addressed && isAfter(addressed, opened) ? pick(addressed) : opened
  const state = foldLead(upTo(facts, fact), rules, fact.occurredAt)
  return state && { reached: { ...message, fact }, lead: { ...email, state }, current: known.state, members }
}

/** The fact that the entry rests on; `now` where none does; undefined where it no longer stands. */
const openedBy = async (
  leads: Pick<Leads, 'facts'>,
  message: Reached,
  { state }: Lead & { readonly state: LeadState },
  rules: Rules,
): Promise<Place | 'now' | undefined> => {
  const trigger = triggerOf(message.leadId, message.decisionId)
  if (trigger) {
    const counts =
      state.triggers?.[trigger.key]?.factId === trigger.factId ||
      triggerCounts(await leads.facts(message.leadId), trigger, rules)
    return counts ? message.fact : undefined
  }
  if (recycleOf(message.leadId, message.decisionId, state) === 'none') return undefined
  const entry = currentEntry(message.leadId, message.decisionId, state)
  if (entry === 'other') return 'now'
  return entry === undefined || entry.implied ? undefined : { id: entry.factId, occurredAt: entry.at }
}

/** Whether a trigger that others have followed stands in the log: its fact counts, and was what brought it about. */
export const triggerCounts = (
  facts: readonly Fact[],
  { key, factId }: { readonly key: string; readonly factId: string },
  rules: Rules,
): boolean => {
  const fact = facts.find(({ id }) => id === factId)
  if (!fact) return false
  const leftOut = new Set<string>()
  draftOf(facts, rules, undefined, { leftOut: ({ id }) => leftOut.add(id) })
  return !leftOut.has(factId) && foldLead(upTo(facts, fact), rules)?.triggers?.[key]?.factId === factId
}

/** What the log held when `place` was taken, as known today. */
const upTo = (facts: readonly Fact[], place: Place): readonly Fact[] =>
  facts.filter((one) => !isAfter(one, place) || isStructural(one))

/** What gave the lead its address: its own where it had one, else that of a lead merged into it. */
const firstAddressed = (facts: readonly Fact[]): Fact | undefined => {
  const addressed = facts.filter(({ email }) => email !== undefined)
  return addressed.find(({ member }) => member === undefined) ?? addressed[0]
}

const pick = ({ id, occurredAt }: Fact): Place => ({ id, occurredAt })

const isAfter = (fact: Fact, at: Place): boolean => compareFacts(fact, { ...fact, ...at }) > 0

export interface ContinueRunPorts extends PerformRunPorts, LetGoPorts {
  readonly leads: Pick<Leads, 'load' | 'facts'>
}

/** Whether the sequence is paused now. */
export const isPaused = async (sequences: Pick<SequenceStates, 'load'>, sequence: string): Promise<boolean> =>
  (await sequences.load(sequence)).paused !== undefined

/** How a run continues, once nothing forbids it. */
type Proceed = (run: Run, situation: Situation, state: LeadState) => Run

/**
 * The timer of a wait fired. One that is stale, or whose lead is gone, does nothing; one whose reason no longer stands
 * ends the run.
 */
export const makeContinueRun = (ports: ContinueRunPorts) => {
  const takeRun = makeTakeRun(ports)
  return (timer: RunTimer): Promise<void> =>
    takeRun(
      timer,
      (run, now) => isDue(run, timer, now),
      (run, situation) => resumeRun(run, situation),
    )
}

/** Begins to read what a run is judged by. The ports that come back answer once from that. */
export const readRunAhead = <Ports extends ContinueRunPorts>(
  ports: Ports,
  { leadId, sequence }: Pick<RunTimer, 'leadId' | 'sequence'>,
): Ports => {
  const { runs, leads, sequences } = ports
  return {
    ...ports,
    runs: { ...runs, load: readAhead(runs.load, [[leadId, sequence]]) },
    leads: { ...leads, load: readAhead(leads.load, [[leadId]]) },
    sequences: { ...sequences, load: readAhead(sequences.load, [[sequence]]) },
  }
}

/** Takes a run that is `wanted` one step further, unless it comes back as it is; what it still owed is done before. */
export const makeTakeRun =
  (ports: ContinueRunPorts) =>
  (
    { leadId, sequence }: Pick<RunTimer, 'leadId' | 'sequence'>,
    wanted: (run: Run, now: string) => boolean,
    proceed: Proceed,
  ): Promise<void> =>
    retryConflicts(async () => {
      const { playbooks } = ports
      const reading = {
        ...readRunAhead(ports, { leadId, sequence }),
        playbooks: { ...playbooks, current: readAhead(playbooks.current, [[]]) },
      }
      const stored = await reading.runs.load(leadId, sequence)
      if (!stored) return
      const run = await performRun(ports, stored)
      if (!wanted(run, ports.clock())) return letGo(ports, run)
      const lead = await reading.leads.load(leadId)
      if (!lead?.state) return
      const next = await takeFurther(reading, run, { ...lead, state: lead.state }, proceed)
      if (next === run) return letGo(ports, run)
      await performRun(ports, await ports.runs.commit(next))
      await letGo(ports, next)
    })

/**
 * Why the run may not go on. Where other rules are live now, under which the lead never came to where the run began,
 * it is judged by its own; where what it began with has happened again since, by the log.
 */
const whyOverByTheLog = async (
  { leads }: Pick<ContinueRunPorts, 'leads'>,
  run: Run,
  lead: Lead & { readonly state: LeadState },
  { begun, now }: { readonly begun: Playbook; readonly now: string },
): Promise<WhyOver | undefined> => {
  const over = whyOver(run, lead)
  if (over !== 'withdrawn') return over
  const trigger = triggerOf(run.leadId, run.entryId)
  if (trigger)
    return triggerCounts(await leads.facts(lead.leadId), trigger, rulesOf(begun)) ? undefined : over
  if (lead.state.rules === begun.rulesVersion) return over
  const state = foldLead(await leads.facts(lead.leadId), rulesOf(begun), now)
  return state ? whyOver(run, { ...lead, state }) : over
}

const takeFurther = async (
  ports: ContinueRunPorts,
  run: Run,
  lead: Lead & { readonly state: LeadState },
  proceed: Proceed,
): Promise<Run> => {
  const now = ports.clock()
  const [live, begun] = await Promise.all([
    ports.playbooks.current(),
    ports.playbooks.version(run.playbookVersion),
  ])
  const entered = run.enteredVersion === undefined ? begun : await ports.playbooks.version(run.enteredVersion)
  const over = await whyOverByTheLog(ports, run, lead, { begun: entered, now })
  if (over) return endRun(run, over, now)
  const sequence = await sequenceOf(ports.playbooks, run)
  if (endsWithoutConsent(begun, sequence, lead.state)) return endRun(run, 'consent-withdrawn', now)
  const outcome = salesOutcome(run, sequence, lead.state)
  if (outcome) return endRun(run, outcome, now)
  const hold = salesHold(begun, sequence, lead.state)
  const context = contextForRun(lead, { live: rulesOf(live), begun: rulesOf(begun) }, run, { now, hold })
  const paused = await isPaused(ports.sequences, run.sequence)
  return proceed(run, { sequence, lead: context, now, paused }, lead.state)
}

/**
 * Sales has given a lead back, won it, or closed it for good: each run of the lead continues, stays or ends by how the lead
 * stands now. Safe to repeat.
 */
export const makeGiveBack = (ports: ContinueRunPorts) => {
  const takeRun = makeTakeRun(ports)

  const ofSequence = (leadId: LeadId, sequence: string): Promise<void> =>
    takeRun(
      { leadId, sequence },
      ({ status }) => isOpen(status),
      (run, situation, state) =>
        isHeldBySales(run) && !situation.lead.hold
          ? releaseFromSales(run, situation, backFromSales(run.status.salesSince, state) ?? situation.now)
          : run,
    )

  return {
    ofSequence,
    ofAll: async (leadId: LeadId): Promise<void> => {
      const open = (await ports.runs.list(leadId)).filter(({ status }) => isOpen(status))
      for (const { sequence } of open) await ofSequence(leadId, sequence)
    },
  }
}

type Moving = Extract<SweepWork, { migration: string }>

/** One run of many that a pause, its end, a migration, the return of its lead or a restored table is about. Safe to repeat. */
export const makeWorkOnRun = (ports: ContinueRunPorts) => {
  const takeRun = makeTakeRun(ports)
  const giveBack = makeGiveBack(ports)

  const release = async ({ leadId, sequence }: RunWork): Promise<void> => {
    const { paused, resumed } = await ports.sequences.load(sequence)
    if (paused || !resumed) return
    await takeRun({ leadId, sequence }, isHeld, (run, situation) =>
      isHeld(run) ? releaseHeld(run, situation, resumed) : run,
    )
  }

  const perform = async ({ leadId, sequence }: RunWork): Promise<void> => {
    const stored = await ports.runs.load(leadId, sequence)
    if (stored) await letGo(ports, await performRun(ports, stored))
  }

  /**
   * What the sequence says of the migration now counts, whenever its messages come: a run that it moved while it was being
   * undone is moved back. @returns undefined where the run stays as it is.
   */
  const change = async (run: Run, { migration }: Moving): Promise<Run | undefined> => {
    const state = await ports.sequences.load(run.sequence)
    const standing = migrationStatus(state, migration)
    switch (standing) {
      case 'undone':
        return moveBack(run, migration, ports.clock())
      case 'current':
        return migrate(run, migration, state)
      case 'over':
        return undefined
      default:
        return standing satisfies never
    }
  }

  const migrate = async (run: Run, migration: string, { migrations = [] }: SequenceState) => {
    const { status } = run
    const to = migrations.at(-1)?.to
    if (!isOpen(status) || to === undefined || run.migrated?.id === migration) return undefined
    const target = (await ports.playbooks.version(to)).sequences[run.sequence]
    if (!target) return undefined
    const move = planMove(run, await sequenceOf(ports.playbooks, run), target)
    return move.type === 'moves'
      ? migrateRun({ ...run, status }, move, { id: migration, to }, ports.clock())
      : undefined
  }

  /** Again after each change: what was asked for may be another thing by then. */
  const move = async (message: RunWork, work: Moving): Promise<void> => {
    const stored = await ports.runs.load(message.leadId, message.sequence)
    if (!stored) return
    const run = await performRun(ports, stored)
    const next = await change(run, work)
    if (!next) return letGo(ports, run)
    await performRun(ports, await ports.runs.commit(next))
    return move(message, work)
  }

  return async (message: RunWork): Promise<void> => {
    const { leadId, sequence, work } = message
    if (work.type === 'perform') return perform(message)
    if (work.type === 'release') return release(message)
    if (work.type === 'give-back') return giveBack.ofSequence(leadId, sequence)
    await retryConflicts(() => move(message, work))
  }
}
