import { ConflictException, CreateScheduleCommand, SchedulerClient } from '@aws-sdk/client-scheduler'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, expect, test } from 'vitest'
import { schedulerAlarms } from '../../../functions/adapters/scheduler-alarms.ts'

const client = new SchedulerClient({ region: 'eu-central-1' })
const scheduler = mockClient(client)
const alarms = schedulerAlarms({
  client,
  group: 'waits',
  queueArn: 'arn:aws:sqs:eu-central-1:1:nurture',
  deadLettersArn: 'arn:aws:sqs:eu-central-1:1:nurture-dead',
  roleArn: 'arn:aws:iam::1:role/scheduler',
})
const name = 'lead-0001:interest:1:2'

beforeEach(() => {
  scheduler.reset()
  scheduler.on(CreateScheduleCommand).resolves({})
})

const inputs = () => scheduler.commandCalls(CreateScheduleCommand).map(({ args }) => args[0].input)

test('one schedule, once, in UTC, gone when it has fired', async () => {
  await alarms.set(name, '2026-01-08T09:00:01.000Z', { type: 'tick' })
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
  await alarms.set(name, '2026-01-08T09:00:59.001Z', {})
  expect(inputs()[0]?.ScheduleExpression).toBe('at(2026-01-08T09:00:59)')
})

test('names are as long as they may be, whatever the alarm is called, and differ as those do', async () => {
  await alarms.set('x'.repeat(500), '2026-01-08T09:00:00.000Z', {})
  await alarms.set(name, '2026-01-08T09:00:00.000Z', {})
  await alarms.set(name, '2026-01-08T09:00:00.000Z', {})
  const [long, first, again] = inputs().map(({ Name }) => Name)
  expect(long).toMatch(/^[0-9a-zA-Z-_.]{1,64}$/)
  expect(first).toBe(again)
  expect(first).not.toBe(long)
})

test('set already: nothing to do', async () => {
  scheduler
    .on(CreateScheduleCommand)
    .rejects(new ConflictException({ Message: 'exists', message: 'exists', $metadata: {} }))
  await expect(alarms.set(name, '2026-01-08T09:00:00.000Z', {})).resolves.toBeUndefined()
})

test('any other failure is thrown', async () => {
  scheduler.on(CreateScheduleCommand).rejects(new Error('denied'))
  await expect(alarms.set(name, '2026-01-08T09:00:00.000Z', {})).rejects.toThrow('denied')
})
