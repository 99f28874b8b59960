import { Logger } from '@aws-lambda-powertools/logger'
import type { Context } from 'aws-lambda'
import { afterEach, expect, test, vi } from 'vitest'
import { encodeSendTags } from '../../../domain/email/email-outcome.ts'
import { timerRefusedMessage } from '../../../functions/event-names.ts'
import { handleBatch, warnRefused, workIdsOf } from '../../../functions/queue/handle-batch.ts'
import { leadId } from '../../domain/support/facts.ts'

const onBus = (type: string, detail: object, source = 'trichter') => ({
  id: 'event-1',
  'detail-type': type,
  source,
  time: '2026-03-02T09:00:00Z',
  detail,
})
const decided = (type: string, data: object) =>
  onBus(type, { metadata: { id: 'd', correlationId: 'fact-1' }, data: { leadId, ...data } })
const runId = `${leadId}:welcome:1`
const tags = encodeSendTags({ sendId: `${runId}:2`, leadId, email: 'welcome', recipient: 'lead' })

test.each<[string, unknown, object]>([
  [
    'an email asked for by a sequence',
    decided('EmailRequested', { sendId: `${runId}:2`, run: { runId, step: 2 } }),
    { work: 'EmailRequested', correlationId: 'fact-1', leadId, runId, sendId: `${runId}:2` },
  ],
  [
    'a handoff',
    decided('HandoffAccepted', { handoffId: `${leadId}.1`, owner: 'anna@sales.example.com' }),
    { work: 'HandoffAccepted', correlationId: 'fact-1', leadId, handoffId: `${leadId}.1` },
  ],
  [
    'an activity, by its own id',
    onBus('Activity', { id: 'fact-1', subject: { email: 'anna@example.com' }, properties: {} }, 'shop'),
    { work: 'Activity', correlationId: 'fact-1' },
  ],
  [
    'what a form came to, by the form',
    onBus('Activity', { id: 'fact-1~2', subject: { leadId }, properties: {} }),
    { work: 'Activity', correlationId: 'fact-1', leadId },
  ],
  [
    'an activity whose id is an address, by the event',
    onBus('Activity', { id: 'anna@example.com', subject: { leadId } }, 'shop'),
    { work: 'Activity', correlationId: 'event-1', leadId },
  ],
  [
    'an activity without an id',
    onBus('Activity', { subject: { email: 'anna@example.com' } }, 'shop'),
    { work: 'Activity', correlationId: 'event-1' },
  ],
  [
    'a report of SES',
    onBus('Email Bounced', { mail: { destination: ['anna@example.com'], tags } }, 'aws.ses'),
    { work: 'Email Bounced', correlationId: 'event-1', leadId, sendId: `${runId}:2` },
  ],
  [
    'a wait that is over',
    { type: 'tick', leadId, sequence: 'welcome', runId, step: 2 },
    { work: 'tick', leadId, runId },
  ],
  [
    'one that Scheduler did not take',
    {
      type: 'alarm',
      name: 'n',
      at: '2026-03-02T09:00:00.000Z',
      message: { type: 'tick', leadId, runId },
      tries: 1,
    },
    { work: 'alarm', leadId, runId },
  ],
  ['what is no message', 'anna@example.com', {}],
  ['ids of the wrong kind', { type: 'tick', leadId: 4, runId: ['anna@example.com'] }, { work: 'tick' }],
])('a line names the ids of %s, and no person', (_, body, ids) => {
  expect(workIdsOf(body)).toEqual(ids)
})

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

test('every message of a batch has one line, with what was found on the way', async () => {
  const logger = new Logger({ serviceName: 'test' })
  const done = vi.spyOn(logger, 'info').mockImplementation(() => {})
  const failed = vi.spyOn(logger, 'error').mockImplementation(() => {})
  const activity = onBus('Activity', { id: 'fact-1', subject: { email: 'anna@example.com' } })
  const handler = handleBatch(logger, async (messages, log) => {
    log?.found('a', { leadId })
    return new Map(
      messages
        .filter(({ messageId }) => messageId === 'b')
        .map(({ messageId }) => [messageId, new Error('full')]),
    )
  })
  const Records = ['a', 'b'].map((messageId) => ({ messageId, body: JSON.stringify(activity) }))
  await handler({ Records: [...Records, { messageId: 'c', body: '{' }] }, context)
  const shared = { work: 'Activity', correlationId: 'fact-1', durationMs: expect.any(Number) }
  expect(done.mock.calls).toEqual([['message done', { messageId: 'a', leadId, ...shared, outcome: 'done' }]])
  expect(failed.mock.calls).toEqual([
    [
      'message failed',
      { messageId: 'b', ...shared, outcome: 'failed', error: { name: 'Error', reason: 'full' } },
    ],
    ['message failed', expect.objectContaining({ messageId: 'c', outcome: 'failed' })],
  ])
})

test('a refused wake-up says why and whom it was for', () => {
  const warn = vi.fn()
  const details = {
    reason: 'AccessDeniedException',
    detail: 'not authorized',
    tries: 1,
    at: '2026-03-02T09:00:00.000Z',
  }
  warnRefused(
    { warn },
    timerRefusedMessage,
  )({ ...details, message: { type: 'tick', leadId, runId, note: 'anna@example.com' } })
  expect(warn).toHaveBeenCalledExactlyOnceWith(timerRefusedMessage, {
    ...details,
    work: 'tick',
    leadId,
    runId,
  })
})
