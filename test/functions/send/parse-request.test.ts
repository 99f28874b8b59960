import { expect, test } from 'vitest'
import { parseRequest } from '../../../functions/send/parse-request.ts'
import { leadId } from '../../domain/support/facts.ts'
import { welcomeRequest } from './send-world.ts'

const eventOf = (type: string, data: object) => ({
  id: 'event-1',
  'detail-type': type,
  source: 'trichter',
  time: '2026-01-05T09:00:00Z',
  detail: {
    metadata: {
      id: 'd-1',
      version: 1,
      occurredAt: '2026-01-05T09:00:00.000Z',
      correlationId: 'c',
      causationId: 'b',
    },
    data: { leadId, ...data },
  },
})

test('a request on the bus is read as it was made, whatever else its data holds', () => {
  const event = eventOf('EmailRequested', { ...welcomeRequest, runId: 'r', version: 'v1' })
  expect(parseRequest(event)).toEqual({
    type: 'requested',
    request: welcomeRequest,
    cause: { decisionId: 'd-1', correlationId: 'c' },
  })
})

test('consent is read as whose it is', () => {
  expect(parseRequest(eventOf('ConsentGranted', { purpose: 'newsletter' }))).toEqual({
    type: 'consented',
    leadId,
    cause: { decisionId: 'd-1', correlationId: 'c' },
  })
})

test('the alarm of a held email is read as which, and until when', () => {
  const timer = { leadId, sendId: welcomeRequest.sendId, until: '2026-01-05T13:00:00.000Z' }
  expect(parseRequest({ type: 'wake', ...timer })).toEqual({ type: 'woken', timer })
})

test.each([
  ['an alarm for nobody', { type: 'wake', leadId: 'x', sendId: 's', until: 'u' }],
  ['another decision', eventOf('EmailSent', welcomeRequest)],
  ['a request without an email', eventOf('EmailRequested', { sendId: 's', recipient: 'lead' })],
  ['no event', { hello: 'world' }],
])('%s is thrown back', (_name, body) => {
  expect(() => parseRequest(body)).toThrow(/event|is not taken here/)
})
