import { foldLead } from '../../domain/lead/fold.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import { askLead } from '../../domain/sequence/ask-lead.ts'
import { enterSequence, type StageReached } from '../../domain/sequence/enter-sequence.ts'
import type { Sequence } from '../../domain/sequence/sequence.ts'
import { rulesOf } from '../compiled-rules.ts'
import type { Leads } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { type PerformRunPorts, performRun } from './perform-run.ts'

export interface EnterSequencesPorts extends PerformRunPorts {
  readonly leads: Pick<Leads, 'load' | 'facts'>
}

/** A lead reached a stage: it enters each sequence that begins there and takes it, once. */
export const makeEnterSequences =
  (ports: EnterSequencesPorts) =>
  async (reached: StageReached): Promise<void> => {
    const { sequences } = await ports.playbooks.current()
    for (const sequence of Object.values(sequences))
      if ('stage' in sequence.enter && sequence.enter.stage === reached.stage)
        await retryConflicts(() => enter(ports, reached, sequence))
  }

const enter = async (
  ports: EnterSequencesPorts,
  reached: StageReached,
  sequence: Sequence,
): Promise<void> => {
  const stored = await ports.runs.load(reached.leadId, sequence.id)
  const previous = stored && (await performRun(ports, stored))
  if (previous?.entryId === reached.decisionId) return
  const playbook = await ports.playbooks.current()
  const rules = rulesOf(playbook)
  const lead = await leadAt(ports, reached, rules)
  if (!lead) return
  const ask = askLead(lead, rules, rules, reached.fact.occurredAt)
  const entry = enterSequence(reached, sequence, playbook.version, previous, ask, ports.clock())
  if (entry.type === 'refused') return
  await ports.playbooks.keep(playbook)
  await ports.runs.commit(entry.run)
  await performRun(ports, { ...entry.run, version: entry.run.version + 1 })
}

/** The lead as it was once the causing fact was taken. @returns undefined for one that has been erased. */
const leadAt = async (
  { leads }: EnterSequencesPorts,
  { leadId, fact }: StageReached,
  rules: Rules,
): Promise<{ readonly email?: string; readonly state: LeadState } | undefined> => {
  const lead = await leads.load(leadId)
  if (!lead?.state) return undefined
  const state = lead.state.last.id === fact.id ? lead.state : foldLead(await leads.facts(leadId, fact), rules)
  return state && { ...(lead.email !== undefined && { email: lead.email }), state }
}
