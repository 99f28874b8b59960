import { Logger } from '@aws-lambda-powertools/logger'
import type { Context } from 'aws-lambda'
import { afterEach, expect, test, vi } from 'vitest'
import { isDecisionType } from '../../../domain/model/event-table.ts'
import { eachMessage, handleBatch } from '../../../functions/queue/handle-batch.ts'
import { busEventOf, decisionIn } from '../../../functions/queue/message.ts'
import { leadId } from '../../domain/support/facts.ts'

const context: Context = {
  awsRequestId: 'r-1',
  functionName: 'record',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-central-1:1:function:record',
  memoryLimitInMB: '512',
  logGroupName: 'g',
  logStreamName: 's',
  callbackWaitsForEmptyEventLoop: true,
  getRemainingTimeInMillis: () => 1000,
  done: () => {},
  fail: () => {},
  succeed: () => {},
}

afterEach(() => {
  vi.restoreAllMocks()
})

test('a poison message fails alone, and its reason is logged without its body', async () => {
  const logger = new Logger({ serviceName: 'test' })
  const logged = vi.spyOn(logger, 'error').mockImplementation(() => {})
  vi.spyOn(logger, 'info').mockImplementation(() => {})
  const done: unknown[] = []
  const handler = handleBatch(
    logger,
    eachMessage(async (body) => {
      if (body === 'poison anna@example.com') throw new TypeError('cannot be read')
      done.push(body)
    }),
  )
  const bodies = { a: '"one"', b: '"poison anna@example.com"', c: '{not json', d: '{"two":2}' }
  const Records = Object.entries(bodies).map(([messageId, body]) => ({ messageId, body, attributes: {} }))
  const response = await handler({ Records }, context)
  expect(response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier).sort()).toEqual(['b', 'c'])
  expect(done).toEqual(['one', { two: 2 }])
  const lines = logged.mock.calls.map((line) => JSON.stringify(line))
  expect(lines).toHaveLength(2)
  expect(lines.join()).toContain('"reason":"cannot be read"')
  expect(lines.join()).not.toContain('anna@')
})

test('a defect of the whole batch is thrown, so that all of it comes again', async () => {
  const handler = handleBatch(new Logger({ serviceName: 'test' }), async () => {
    throw new Error('broken')
  })
  await expect(handler({ Records: [] }, context)).rejects.toThrow('broken')
})

const event = {
  id: 'e',
  'detail-type': 'LeadClosed',
  source: 'trichter',
  time: '2026-03-02T09:00:00Z',
  detail: {
    metadata: {
      id: 'd',
      version: 1,
      occurredAt: '2026-03-02T09:00:00.000Z',
      correlationId: 'f',
      causationId: 'f',
    },
    data: { leadId, reason: 'wrong-fit', cycle: 1 },
  },
}

test('a decision is read with its data', () => {
  expect(decisionIn(event, isDecisionType)).toEqual({
    type: 'LeadClosed',
    id: 'd',
    occurredAt: '2026-03-02T09:00:00.000Z',
    correlationId: 'f',
    causationId: 'f',
    leadId,
    data: { leadId, reason: 'wrong-fit', cycle: 1 },
  })
})

test.each([
  [{}],
  [{ ...event, detail: { data: { leadId } } }],
  [{ ...event, detail: { ...event.detail, data: {} } }],
  [{ ...event, detail: { ...event.detail, data: { leadId, reason: 'wrong-fit' } } }],
  [{ ...event, 'detail-type': 'SequenceResumed' }],
])('what is no decision is refused: %j', (body) => {
  expect(() => decisionIn(body, isDecisionType)).toThrow(/not an event|does not say|is not taken here/)
})

test('what is no event is refused', () => {
  expect(() => busEventOf({ type: 'tick' })).toThrow('not an event')
})
