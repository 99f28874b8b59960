import { ConflictException, CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../../domain/model/json.ts'
import { schedulerTimers } from '../../../functions/adapters/scheduler-timers.ts'
import { withLateTimers } from '../../../functions/queue/handle-batch.ts'

const client = new SchedulerClient({ region: 'eu-central-1' })
const scheduler = mockClient(client)
const queue: { readonly put: [JsonObject, number][]; full: boolean } = { put: [], full: false }
const warned: unknown[] = []
let now = '2026-01-01T00:00:00.000Z'
const timers = schedulerTimers({
  client,
  group: 'waits',
  queueArn: 'arn:aws:sqs:eu-central-1:1:nurture',
  deadLettersArn: 'arn:aws:sqs:eu-central-1:1:nurture-dead',
  roleArn: 'arn:aws:iam::1:role/scheduler',
  later: async (message, delay) => {
    if (queue.full) throw new Error('the queue takes nothing')
    queue.put.push([message, delay])
  },
  clock: () => now,
  warn: (details) => warned.push(details),
})
const name = 'lead-0001:interest:1:2'

beforeEach(() => {
  scheduler.reset()
  queue.put.length = 0
  queue.full = false
  warned.length = 0
  now = '2026-01-01T00:00:00.000Z'
  scheduler.on(CreateScheduleCommand).resolves({})
})

const inputs = () => scheduler.commandCalls(CreateScheduleCommand).map(({ args }) => args[0].input)

test('one schedule, once, in UTC, gone when it has fired', async () => {
  await timers.set(name, '2026-01-08T09:00:01.000Z', { type: 'tick' })
  expect(inputs()).toEqual([
    {
      Name: expect.stringMatching(/^[0-9a-zA-Z-_.]{1,64}$/),
      GroupName: 'waits',
      ScheduleExpression: 'at(2026-01-08T09:00:01)',
      ScheduleExpressionTimezone: 'UTC',
      FlexibleTimeWindow: { Mode: 'OFF' },
      ActionAfterCompletion: 'DELETE',
      Target: {
        Arn: 'arn:aws:sqs:eu-central-1:1:nurture',
        RoleArn: 'arn:aws:iam::1:role/scheduler',
        Input: '{"type":"tick"}',
        DeadLetterConfig: { Arn: 'arn:aws:sqs:eu-central-1:1:nurture-dead' },
      },
    },
  ])
})

test('a part of a second is left off: three days are never more than three days', async () => {
  await timers.set(name, '2026-01-08T09:00:59.001Z', {})
  expect(inputs()[0]?.ScheduleExpression).toBe('at(2026-01-08T09:00:59)')
})

test('names are as long as they may be, whatever the alarm is called, and differ as those do', async () => {
  await timers.set('x'.repeat(500), '2026-01-08T09:00:00.000Z', {})
  await timers.set(name, '2026-01-08T09:00:00.000Z', {})
  await timers.set(name, '2026-01-08T09:00:00.000Z', {})
  const [long, first, again] = inputs().map(({ Name }) => Name)
  expect(long).toMatch(/^[0-9a-zA-Z-_.]{1,64}$/)
  expect(first).toBe(again)
  expect(first).not.toBe(long)
})

test('set already: nothing to do', async () => {
  scheduler
    .on(CreateScheduleCommand)
    .rejects(new ConflictException({ Message: 'exists', message: 'exists', $metadata: {} }))
  await expect(timers.set(name, '2026-01-08T09:00:00.000Z', {})).resolves.toBeUndefined()
})

const refused = (name: string) =>
  scheduler.on(CreateScheduleCommand).rejects(Object.assign(new Error(name), { name }))
const tick = { type: 'tick', leadId: 'lead-0001' }

describe.each([
  'ServiceQuotaExceededException',
  'ThrottlingException',
  'AccessDeniedException',
  'InternalServerException',
  'ValidationException',
  'TimeoutError',
])('refused with %s', (reason) => {
  test('an alarm waits in the queue, a quarter of an hour at a time, and somebody hears of it', async () => {
    refused(reason)
    await timers.set(name, '2026-01-08T09:00:01.000Z', tick)
    expect(queue.put).toEqual([
      [{ type: 'alarm', name, at: '2026-01-08T09:00:01.000Z', message: tick, tries: 1 }, 900],
    ])
    expect(warned).toMatchObject([{ reason, tries: 1 }])
  })

  test('it is set as soon as Scheduler takes it', async () => {
    refused(reason)
    const late = { name, at: '2026-01-08T09:00:01.000Z', message: tick, tries: 7 }
    await timers.setLate(late)
    expect(queue.put).toEqual([[{ type: 'alarm', ...late, tries: 8 }, 900]])
    scheduler.on(CreateScheduleCommand).resolves({})
    await timers.setLate({ ...late, tries: 8 })
    expect(queue.put).toHaveLength(1)
    expect(inputs().at(-1)).toMatchObject({ ScheduleExpression: 'at(2026-01-08T09:00:01)' })
  })
})

test('one that is due within a quarter of an hour waits no longer than that', async () => {
  refused('ThrottlingException')
  await timers.set(name, '2026-01-01T00:10:00.000Z', tick)
  expect(queue.put.map(([, delay]) => delay)).toEqual([600])
})

test('after three days of refusals it fails with its reason, and is tried again when it is moved back', async () => {
  refused('ServiceQuotaExceededException')
  const late = { name, at: '2026-02-08T09:00:01.000Z', message: tick, tries: 288 }
  await expect(timers.setLate(late)).rejects.toThrow('refused 288 times: ServiceQuotaExceededException')
  expect(queue.put).toEqual([])
  scheduler.on(CreateScheduleCommand).resolves({})
  await timers.setLate(late)
  expect(inputs()).toHaveLength(2)
})

test('where the queue refuses it as well, whoever set it fails', async () => {
  refused('ThrottlingException')
  queue.full = true
  await expect(timers.set(name, '2026-01-08T09:00:00.000Z', tick)).rejects.toThrow('the queue takes nothing')
})

describe('the worker whose alarm it is', () => {
  const late = { type: 'alarm', name, at: '2026-01-08T09:00:01.000Z', message: tick, tries: 3 }
  const handle = (taken: unknown[]) =>
    withLateTimers({ ...timers, clock: () => now }, async (messages) => {
      taken.push(...messages.map(({ body }) => body))
      return new Map(messages.flatMap(({ messageId, body }) => (body === 'bad' ? [[messageId, 'why']] : [])))
    })

  test('takes it as what it says once its time has come, and everything else as it is', async () => {
    now = late.at
    const taken: unknown[] = []
    const failures = await handle(taken)([
      { messageId: '1', body: late },
      { messageId: '2', body: { type: 'wake' } },
      { messageId: '3', body: 'bad' },
    ])
    expect(taken).toEqual([tick, { type: 'wake' }, 'bad'])
    expect([...failures]).toEqual([['3', 'why']])
  })

  test('tries again before that; one that is refused for good fails alone', async () => {
    refused('ServiceQuotaExceededException')
    const taken: unknown[] = []
    const failures = await handle(taken)([
      { messageId: '1', body: late },
      { messageId: '2', body: { ...late, tries: 288 } },
    ])
    expect(taken).toEqual([])
    expect(queue.put).toEqual([[{ ...late, tries: 4 }, 900]])
    expect([...failures.keys()]).toEqual(['2'])
  })
})
