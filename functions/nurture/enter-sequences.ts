import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { askLead } from '../../domain/sequence/ask-lead.ts'
import { beginsOn, enterSequence, mayReenter, type Reached } from '../../domain/sequence/enter-sequence.ts'
import type { Sequence } from '../../domain/sequence/sequence.ts'
import { rulesOf } from '../compiled-rules.ts'
import type { Leads } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { leadAtEntry } from './lead-at-entry.ts'
import { type LetGoPorts, letGo } from './let-go.ts'
import { type PerformRunPorts, performRun } from './perform-run.ts'

export interface EnterSequencesPorts extends PerformRunPorts, LetGoPorts {
  readonly leads: Pick<Leads, 'load' | 'facts'>
}

/** Something happened that sequences begin with: the lead enters each that takes it, once, if it still stands. */
export const makeEnterSequences =
  (ports: EnterSequencesPorts) =>
  async (reached: Reached): Promise<void> => {
    const playbook = await ports.playbooks.current()
    for (const sequence of Object.values(playbook.sequences))
      if (beginsOn(sequence, reached.on))
        await retryConflicts(() => enter(ports, reached, sequence, playbook))
  }

const enter = async (
  ports: EnterSequencesPorts,
  told: Reached,
  sequence: Sequence,
  playbook: Playbook,
): Promise<void> => {
  const stored = await ports.runs.load(told.leadId, sequence.id)
  const previous = stored && (await performRun(ports, stored))
  if (previous?.entryId === told.decisionId) return letGo(ports, previous)
  const rules = rulesOf(playbook)
  const found = await leadAtEntry(ports.leads, told, rules)
  if (!found) return
  const { reached, lead, members } = found
  const now = ports.clock()
  if (await wentThrough(ports, members, sequence, reached, now)) return
  const ask = askLead(lead, rules, rules, reached.fact.occurredAt)
  const { paused } = await ports.sequences.load(sequence.id)
  const isPaused = paused !== undefined
  const entry = enterSequence(reached, sequence, playbook.version, previous, ask, now, isPaused)
  if (entry.type === 'refused') return
  await ports.playbooks.keep(playbook)
  await ports.runs.commit(entry.run)
  await performRun(ports, { ...entry.run, version: entry.run.version + 1 })
  await letGo(ports, entry.run)
}

/** Whether the same person, as a lead with an address that was merged into this one, has had the sequence already. */
const wentThrough = async (
  { runs, leads }: EnterSequencesPorts,
  members: readonly LeadId[],
  sequence: Sequence,
  reached: Reached,
  now: string,
): Promise<boolean> => {
  for (const member of members) {
    const run = await runs.load(member, sequence.id)
    if (!run || mayReenter(sequence, run, reached, now)) continue
    if ((await leads.load(member))?.email !== undefined) return true
  }
  return false
}
