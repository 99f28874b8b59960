import { parseLeadId } from '../../../domain/model/activity.ts'
import type { Sequence } from '../../../domain/model/sequence.ts'
import type { Reached } from '../../../domain/sequence/enter-sequence.ts'
import type { Run } from '../../../domain/sequence/run.ts'
import type { LeadContext } from '../../../domain/step/step-kind.ts'

const parsed = parseLeadId('lead-0001')
if (!parsed) throw new Error('not an id')
export const leadId = parsed

export const hour = 3_600_000
export const day = 24 * hour

/** Email, three days, email when something was clicked and another when not, a day, email. */
export const sequence: Sequence = {
  id: 'interest',
  version: 'v1',
  enter: { stage: 'interest' },
  reenter: 'never',
  exit: 'stageAtLeast("intent")',
  goal: 'did("demo.requested")',
  audience: 'lead.language == "de"',
  program: [
    { type: 'email', email: 'welcome' },
    { type: 'wait', for: 3 * day },
    { type: 'branch', if: 'clicked("welcome")', otherwise: 5 },
    { type: 'email', email: 'case-study' },
    { type: 'jump', goto: 6 },
    { type: 'email', email: 'reminder' },
    { type: 'wait', for: day },
    { type: 'email', email: 'last' },
  ],
}

export const reached: Reached = {
  leadId,
  on: { type: 'stage', stage: 'interest' },
  fact: { id: 'fact-1', occurredAt: '2026-01-05T09:00:00.000Z' },
  decisionId: 'lead-0001:stage:interest:1',
  correlationId: 'fact-1',
}

/** A lead of which exactly these conditions hold. */
export const askOf = (...holding: readonly string[]): LeadContext => ({
  holds: (condition) => holding.includes(condition),
  holdsInCycle: (condition) => holding.includes(condition),
  attribute: () => undefined,
  timeZone: 'Europe/Berlin',
})

/** It waits for its second email. */
export const waitingRun = <Status extends Run['status']>(
  status: Status,
): Run & { readonly status: Status } => ({
  runId: 'lead-0001:interest:1',
  leadId,
  sequence: 'interest',
  playbookVersion: 'p1',
  entryId: 'lead-0001:stage:interest:1',
  enteredAt: '2026-01-05T09:00:01.000Z',
  step: 1,
  status,
  version: 3,
  outbox: [],
})
