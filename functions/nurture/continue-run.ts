import { foldLead } from '../../domain/lead/fold.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { Ask } from '../../domain/sequence/advance.ts'
import { askLead } from '../../domain/sequence/ask-lead.ts'
import type { Run } from '../../domain/sequence/run.ts'
import { salesHold, salesOutcome } from '../../domain/sequence/sales-hold.ts'
import type { Sequence } from '../../domain/sequence/sequence.ts'
import { triggerOf, whyOver } from '../../domain/sequence/standing-entry.ts'
import { endRun, isDue, type Tick, type WhyOver, wakeRun } from '../../domain/sequence/wake-run.ts'
import { endsWithoutConsent } from '../../domain/sequence/without-consent.ts'
import { rulesOf } from '../compiled-rules.ts'
import type { Lead, Leads } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { triggerStands } from './lead-at-entry.ts'
import { type LetGoPorts, letGo } from './let-go.ts'
import { type PerformRunPorts, performRun } from './perform-run.ts'
import { sequenceOf } from './sequence-of.ts'

export interface ContinueRunPorts extends PerformRunPorts, LetGoPorts {
  readonly leads: Pick<Leads, 'load' | 'facts'>
}

export interface RunTick extends Tick {
  readonly leadId: LeadId
  readonly sequence: string
}

/** What a run goes on with, once nothing forbids it. */
export type Proceed = (run: Run, sequence: Sequence, ask: Ask, now: string, state: LeadState) => Promise<Run>

/**
 * The alarm of a wait went off. One that is stale, or whose lead is gone, does nothing; one whose reason no longer stands
 * ends the run.
 */
export const makeContinueRun = (ports: ContinueRunPorts) => {
  const takeRun = makeTakeRun(ports)
  return (tick: RunTick): Promise<void> =>
    takeRun(
      tick,
      (run, now) => isDue(run, tick, now),
      async (run, sequence, ask, now) => {
        const { paused } = await ports.sequences.load(tick.sequence)
        return wakeRun(run, sequence, ask, now, { paused: paused !== undefined })
      },
    )
}

/** Takes a run that is `wanted` one step further, unless it comes back as it is; what it still owed is done before. */
export const makeTakeRun =
  (ports: ContinueRunPorts) =>
  (
    { leadId, sequence }: Pick<RunTick, 'leadId' | 'sequence'>,
    wanted: (run: Run, now: string) => boolean,
    proceed: Proceed,
  ): Promise<void> =>
    retryConflicts(async () => {
      const stored = await ports.runs.load(leadId, sequence)
      if (!stored) return
      const run = await performRun(ports, stored)
      if (!wanted(run, ports.clock())) return letGo(ports, run)
      const lead = await ports.leads.load(leadId)
      if (!lead?.state) return
      const next = await takeFurther(ports, run, { ...lead, state: lead.state }, proceed)
      if (next === run) return letGo(ports, run)
      await ports.runs.commit(next)
      await performRun(ports, { ...next, version: next.version + 1 })
      await letGo(ports, next)
    })

/**
 * Why the run may not go on. Where other rules are live by now, under which the lead never came to where the run began,
 * it is judged by its own; where what it began with has happened again since, by the log.
 */
const whyOverByTheLog = async (
  { leads }: Pick<ContinueRunPorts, 'leads'>,
  run: Run,
  lead: Lead & { readonly state: LeadState },
  begun: Playbook,
  now: string,
): Promise<WhyOver | undefined> => {
  const over = whyOver(run, lead)
  if (over !== 'withdrawn') return over
  const trigger = triggerOf(run.leadId, run.entryId)
  if (trigger)
    return triggerStands(await leads.facts(lead.leadId), trigger, rulesOf(begun)) ? undefined : over
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
  const over = await whyOverByTheLog(ports, run, lead, entered, now)
  if (over) return endRun(run, over, now)
  const sequence = await sequenceOf(ports.playbooks, run)
  if (endsWithoutConsent(begun, sequence, lead.state)) return endRun(run, 'consent-withdrawn', now)
  const outcome = salesOutcome(run, sequence, lead.state)
  if (outcome) return endRun(run, outcome, now)
  const hold = salesHold(begun, sequence, lead.state)
  const ask = askLead(lead, rulesOf(live), rulesOf(begun), now, run, hold)
  return proceed(run, sequence, ask, now, lead.state)
}
