import type { LeadState } from '../../../domain/lead/lead-state.ts'

const at = '2026-01-05T09:00:00.000Z'

/** A lead of which nothing is known but what is given. */
export const stateOf = (known: Partial<LeadState>): LeadState => ({
  rules: 'r1',
  createdAt: at,
  lastActivityAt: at,
  last: { occurredAt: at, id: 'fact-1' },
  recentIds: ['fact-1'],
  attributes: {},
  seen: {},
  engagement: {},
  emails: { opened: {}, clicked: {} },
  consent: {},
  band: { id: 'cold', grade: 'D4', score: 0, at, factId: 'fact-1' },
  stage: { stage: 'awareness', at, factId: 'fact-1', cycle: 1 },
  stages: [{ stage: 'awareness', at, factId: 'fact-1', cycle: 1 }],
  cycle: 1,
  qualifications: [],
  recycles: [],
  confirmations: [],
  ...known,
})
