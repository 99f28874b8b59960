import type { JsonObject } from '../json.ts'

/** A person who does not exist, for previews that name no lead; the telephone number is one kept free for fiction. */
export const sampleLead: JsonObject = {
  email: 'erika.beispiel@example.com',
  firstName: 'Erika',
  lastName: 'Beispiel',
  company: 'Beispiel AG',
  country: 'DE',
  phone: '+49 30 23125 000',
  employees: 250,
}

/** What a handoff email says beside the lead, as of `now` (RFC 3339 UTC). */
export const sampleHandoff = (now: string): JsonObject => ({
  handoff: {
    id: 'preview',
    score: 87.4,
    stage: 'intent',
    team: 'sales',
    owner: 'Sales',
    requestedAt: now,
    dueAt: now,
  },
  explanation: [{ rule: 'demo', points: 40, decayedTo: 35.8, at: now }],
  timeline: [{ at: now, type: 'demo.requested', text: 'demo.requested' }],
})
