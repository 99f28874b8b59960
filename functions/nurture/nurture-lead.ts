import { withSales } from '../../domain/lead/sales.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import type { Sequence } from '../../domain/model/sequence.ts'
import { contextForRun } from '../../domain/sequence/advance.ts'
import {
  beginsOn,
  enterSequence,
  mayReenter,
  type Reached,
  reachGoal,
} from '../../domain/sequence/enter-sequence.ts'
import { isAwaited, lookAtDate, mayMoveDate, resumeRun } from '../../domain/sequence/resume-run.ts'
import { isOpen, isRecycle, type Run, salesHold } from '../../domain/sequence/run.ts'
import { rulesOf } from '../compiled-rules.ts'
import type { Leads } from '../ports.ts'
import { readAhead } from '../read-ahead.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import {
  type ContinueRunPorts,
  isPaused,
  type LetGoPorts,
  leadAtEntry,
  letGo,
  makeContinueRun,
  makeGiveBack,
  makeTakeRun,
  makeWorkOnRun,
  type PerformRunPorts,
  performRun,
  readRunAhead,
  sequenceOf,
} from './continue-run.ts'
import { parseMessage } from './parse-message.ts'
import { makeSweepRuns, type SweepRunsPorts } from './sweep-runs.ts'

/** A lead did something: each run that waits for that continues, or looks at its date again. */
const makeTakeActivity = (ports: ContinueRunPorts) => {
  const takeRun = makeTakeRun(ports)
  return async (type: string, { leadId, fact, decisionId }: Reached, runs: readonly Run[]): Promise<void> => {
    const activity = { type, occurredAt: fact.occurredAt }
    const wanted = (run: Run): boolean => isAwaited(run, activity) || mayMoveDate(run, type)
    for (const { sequence } of runs.filter(wanted))
      await takeRun({ leadId, sequence }, wanted, (run, situation) =>
        isAwaited(run, activity)
          ? resumeRun(run, situation, decisionId)
          : lookAtDate(run, situation, decisionId),
      )
  }
}

/**
 * A lead did something that some goal asks for: whichever of its runs has reached its goal by that ends, and counts from then
 * on. Every other goal is looked at when its run continues.
 */
const makeTakeGoals = (ports: ContinueRunPorts) => {
  const takeRun = makeTakeRun(ports)

  /** The goal of the run, where it counts at once. */
  const goalOf = async (run: Run) => {
    const { goal } = await sequenceOf(ports.playbooks, run)
    const begun = rulesOf(await ports.playbooks.version(run.playbookVersion))
    return goal !== undefined && begun.promptGoals.has(goal) ? { goal, begun } : undefined
  }

  const hasReached = async (run: Run): Promise<boolean> => {
    const found = await goalOf(run)
    if (!found) return false
    const [lead, live] = await Promise.all([ports.leads.load(run.leadId), ports.playbooks.current()])
    if (!lead?.state) return false
    const known = { ...lead, state: lead.state }
    const rules = { live: rulesOf(live), begun: found.begun }
    return contextForRun(known, rules, run, { now: ports.clock() }).holdsInCycle(found.goal)
  }

  return async ({ decisionId }: Reached, runs: readonly Run[]): Promise<void> => {
    for (const run of runs.filter(({ status }) => isOpen(status)))
      if (await hasReached(run))
        await takeRun(
          run,
          ({ runId, status }) => runId === run.runId && isOpen(status),
          (current, { sequence: { goal }, lead, now }) =>
            goal !== undefined && lead.holdsInCycle(goal) ? reachGoal(current, decisionId, now) : current,
        )
  }
}

interface EnterSequencesPorts extends PerformRunPorts, LetGoPorts {
  readonly leads: Pick<Leads, 'load' | 'facts'>
}

/** Something happened that sequences begin with: the lead enters each that takes it, once, if it still stands. */
const makeEnterSequences = (ports: EnterSequencesPorts) => {
  let latest: Playbook | undefined
  return async (reached: Reached, current = ports.playbooks.current): Promise<void> => {
    // As a rule the playbook is that of the message before: what its sequence asks for is read at the same moment.
    const [expected] = latest ? begunBy(latest, reached) : []
    const ahead = expected ? readRunAhead(ports, { leadId: reached.leadId, sequence: expected.id }) : ports
    const playbook = await current()
    latest = playbook
    for (const sequence of begunBy(playbook, reached))
      await retryConflicts(() => enter(ahead, reached, sequence, playbook))
  }
}

const begunBy = ({ sequences }: Playbook, { on }: Reached): readonly Sequence[] =>
  Object.values(sequences).filter((sequence) => beginsOn(sequence, on))

const enter = async (
  ports: EnterSequencesPorts,
  message: Reached,
  sequence: Sequence,
  playbook: Playbook,
): Promise<void> => {
  const { leadId } = message
  // What is left of an earlier cycle continues or ends before the recycle's own entry is judged.
  if (isRecycle(message)) await makeGiveBack(ports).ofSequence(leadId, sequence.id)
  const reading = readRunAhead(ports, { leadId, sequence: sequence.id })
  const stored = await reading.runs.load(leadId, sequence.id)
  const previous = stored && (await performRun(ports, stored))
  if (previous?.entryId === message.decisionId) return letGo(ports, previous)
  const rules = rulesOf(playbook)
  const found = await leadAtEntry(reading.leads, message, rules)
  if (!found) return
  const { reached, lead, current: standing, members } = found
  const now = ports.clock()
  if (await wentThrough(ports, { members, reached, now }, sequence)) return
  // Judged as of the fact as well; who has been given back since is held no more.
  const hold = withSales(standing) ? salesHold(playbook, sequence, lead.state) : undefined
  const { occurredAt } = reached.fact
  const begun = { leadId, entryId: reached.decisionId, enteredAt: occurredAt }
  const context = contextForRun(lead, { live: rules }, begun, { now: occurredAt, hold })
  const paused = await isPaused(reading.sequences, sequence.id)
  const entry = enterSequence(reached, playbook.version, previous, { sequence, lead: context, now, paused })
  if (entry.type === 'refused') return
  await ports.playbooks.keep(playbook)
  await performRun(ports, await ports.runs.commit(entry.run))
  await letGo(ports, entry.run)
}

/** Whether the same person, as a lead with an address that was merged into this one, has had the sequence already. */
const wentThrough = async (
  { runs, leads }: EnterSequencesPorts,
  {
    members,
    reached,
    now,
  }: { readonly members: readonly LeadId[]; readonly reached: Reached; readonly now: string },
  sequence: Sequence,
): Promise<boolean> => {
  for (const member of members) {
    const run = await runs.load(member, sequence.id)
    if (!run || mayReenter(sequence, run, reached, now)) continue
    if ((await leads.load(member))?.email !== undefined) return true
  }
  return false
}

export type NurtureLeadPorts = EnterSequencesPorts & SweepRunsPorts

/** Takes one message of the nurture queue: something that sequences begin with or wait for, or a wait that is over. */
export const makeNurtureLead = (ports: NurtureLeadPorts) => {
  const enterSequences = makeEnterSequences(ports)
  const continueRun = makeContinueRun(ports)
  const takeActivity = makeTakeActivity(ports)
  const takeGoals = makeTakeGoals(ports)
  const sweepRuns = makeSweepRuns(ports)
  const workOnRun = makeWorkOnRun(ports)
  const giveBack = makeGiveBack(ports)

  /** Waits end before sequences begin: one that begins with an activity does not wait for that very one. */
  const take = async (reached: Reached): Promise<void> => {
    if (reached.on.type !== 'activity') return enterSequences(reached)
    // Asked now, it shares a request with what other messages of the batch begin with.
    const current = readAhead(ports.playbooks.current, [[]])
    // A run that continues by what it waited for is looked at as it is by then.
    const runs = await ports.runs.list(reached.leadId)
    await takeActivity(reached.on.activity, reached, runs)
    await takeGoals(reached, runs)
    return enterSequences(reached, current)
  }

  return (body: unknown): Promise<void> => {
    const message = parseMessage(body)
    switch (message.type) {
      case 'reached':
        return take(message.reached)
      case 'tick':
        return continueRun(message.timer)
      case 'sweep':
        return sweepRuns(message.sweep)
      case 'run':
        return workOnRun(message.run)
      case 'given-back':
        return giveBack.ofAll(message.leadId)
      case 'rescored':
        return Promise.resolve()
      default:
        return message satisfies never
    }
  }
}
