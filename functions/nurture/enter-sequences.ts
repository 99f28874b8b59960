import type { LeadId } from '../../domain/lead/lead-id.ts'
import { withSales } from '../../domain/lead/with-sales.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { askLead } from '../../domain/sequence/ask-lead.ts'
import { beginsOn, enterSequence, mayReenter, type Reached } from '../../domain/sequence/enter-sequence.ts'
import { salesHold } from '../../domain/sequence/sales-hold.ts'
import type { Sequence } from '../../domain/sequence/sequence.ts'
import { isRecycle } from '../../domain/sequence/standing-entry.ts'
import { rulesOf } from '../compiled-rules.ts'
import type { Leads } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { makeGiveBack } from './give-back.ts'
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
  const { leadId } = told
  // What is left of an earlier cycle goes on or ends before the recycle's own entry is judged.
  if (isRecycle(told)) await makeGiveBack(ports).ofSequence(leadId, sequence.id)
  const stored = await ports.runs.load(leadId, sequence.id)
  const previous = stored && (await performRun(ports, stored))
  if (previous?.entryId === told.decisionId) return letGo(ports, previous)
  const rules = rulesOf(playbook)
  const found = await leadAtEntry(ports.leads, told, rules)
  if (!found) return
  const { reached, lead, standing, members } = found
  const now = ports.clock()
  if (await wentThrough(ports, members, sequence, reached, now)) return
  // Judged as of the fact as well; who has been given back since is held no more.
  const hold = withSales(standing) ? salesHold(playbook, sequence, lead.state) : undefined
  const { occurredAt } = reached.fact
  const begun = { leadId, entryId: reached.decisionId, enteredAt: occurredAt }
  const ask = askLead(lead, rules, rules, occurredAt, begun, hold)
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
