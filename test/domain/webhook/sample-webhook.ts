import type { Handoff } from '../../../domain/handoff/handoff.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import { parseLeadId } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import type { Background, WebhookEvent } from '../../../domain/webhook/message.ts'
import { deepFreeze } from '../support/deep-freeze.ts'
import { makePlaybook } from '../support/make-playbook.ts'

const parsed = parseLeadId('lead-0001')
if (!parsed) throw new Error('not a lead id')
export const leadId = parsed

export const handoff: Handoff = deepFreeze({
  handoffId: `${leadId}.1`,
  leadId,
  team: 'dach',
  owner: { name: 'Anna Berg', email: 'anna@sales.example.com' },
  assignments: [],
  score: 71.5,
  stage: 'intent',
  requestedAt: '2026-03-02T09:00:00.000Z',
  dueAt: '2026-03-02T13:00:00.000Z',
  answer: { state: 'requested' },
  version: 1,
  outbox: [],
})

export const requested: WebhookEvent = deepFreeze({
  decisionId: `${leadId}.1:requested`,
  type: 'HandoffRequested',
  occurredAt: '2026-03-02T09:00:00.000Z',
  leadId,
  data: {
    leadId,
    handoffId: `${leadId}.1`,
    team: 'dach',
    score: 71.5,
    stage: 'intent',
    dueAt: handoff.dueAt,
  },
})

export const background = (fields: Readonly<Record<string, string>> = {}): Background => {
  const properties = { fields: { firstName: 'Grete', lastName: 'Lang', company: 'Werk GmbH', ...fields } }
  const fact = { id: 'f', type: 'profile.updated', occurredAt: requested.occurredAt, properties }
  const state = foldLead([fact], compileRules(makePlaybook()))
  if (!state) throw new Error('no state')
  return deepFreeze({
    handoff,
    lead: { email: 'grete@werk.example.net', state },
  })
}
