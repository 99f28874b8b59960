import { expect, it } from 'vitest'
import type { Decision } from '../../../domain/model/decision.ts'
import { type Endpoint, markUnheard } from '../../../domain/model/endpoint.ts'
import { eventSamples } from '../support/event-samples.ts'
import { leadId } from '../support/facts.ts'

const base = { occurredAt: '2026-03-02T09:00:00.000Z', causationId: 'f', correlationId: 'c', leadId }
const decisions: readonly Decision[] = [
  { ...base, id: 'qualified', type: 'LeadQualified', data: eventSamples.LeadQualified },
  { ...base, id: 'requested', type: 'HandoffRequested', data: eventSamples.HandoffRequested },
  // Nobody outside may subscribe to it.
  { ...base, id: 'scored', type: 'LeadScored', data: eventSamples.LeadScored },
]

const listening = (...events: Endpoint['events']): Endpoint => ({
  id: 'crm',
  type: 'webhook',
  url: 'https://crm.example.com/',
  events,
  lead: false,
})

it.each<[string, readonly Endpoint[] | undefined, readonly string[]]>([
  ['no endpoint', undefined, ['qualified', 'requested']],
  ['one for something else', [listening('DealWon')], ['qualified', 'requested']],
  ['two, one of them for the handoff', [listening('DealWon'), listening('HandoffRequested')], ['qualified']],
])('marks what webhooks may subscribe to and none does: %s', (_, endpoints, marked) => {
  const after = markUnheard(decisions, endpoints)
  expect(after.filter(({ unheard }) => unheard).map(({ id }) => id)).toEqual(marked)
  expect(after.map(({ unheard: _, ...rest }) => rest)).toEqual(decisions)
})
