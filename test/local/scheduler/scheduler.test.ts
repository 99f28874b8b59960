import { beforeEach, describe, expect, test } from 'vitest'
import { AwsError } from '../../../local/aws-error.ts'
import { itemKey, type ScheduleStore, type StoredItem } from '../../../local/scheduler/schedule-store.ts'
import { type FiringContext, Scheduler, type ScheduleTarget } from '../../../local/scheduler/scheduler.ts'

class SharedStore implements ScheduleStore {
  readonly items = new Map<string, StoredItem>()
  load = () => [...this.items.values()]
  put = (item: StoredItem) => void this.items.set(itemKey(item), structuredClone(item))
  delete = (key: string) => void this.items.delete(key)
  close = () => {}
}

const START = Date.parse('2026-01-01T00:00:00.000Z')
const MINUTE = 60_000
const queue: ScheduleTarget = {
  Arn: 'arn:aws:sqs:eu-central-1:000000000000:queue',
  RoleArn: 'arn:aws:iam::000000000000:role/schedules',
  Input: '{"wait":"over"}',
}
const wait = {
  Name: 'wait-1',
  ScheduleExpression: 'at(2026-01-01T01:00:00)',
  FlexibleTimeWindow: { Mode: 'OFF' },
  ActionAfterCompletion: 'DELETE',
  Target: queue,
}

let now: number
let store: SharedStore
let fired: { target: ScheduleTarget; payload: string; context: FiringContext; at: number }[]
let deliver: (target: ScheduleTarget, payload: string, context: FiringContext) => Promise<void>
let dropped: string[]

function start(): Scheduler {
  return new Scheduler({
    clock: { now: () => now },
    store,
    deliver: (target, payload, context) => deliver(target, payload, context),
    account: '000000000000',
    region: 'eu-central-1',
    onDropped: (_, __, error) => dropped.push(error.message),
    wait: async () => {},
  })
}

function names(): (string | undefined)[] {
  return fired.map(({ context }) => context.scheduleArn.split('/').at(-1))
}

beforeEach(() => {
  now = START
  store = new SharedStore()
  fired = []
  dropped = []
  deliver = async (target, payload, context) => void fired.push({ target, payload, context, at: now })
})

describe('a one-time schedule', () => {
  test('fires once, at its time, and is gone', async () => {
    const scheduler = start()
    await scheduler.handle('CreateSchedule', wait)
    expect(scheduler.nextDue()).toBe(START + 60 * MINUTE)
    now = START + 60 * MINUTE - 1
    expect(await scheduler.fireDue()).toBe(0)
    now += 1
    expect(await scheduler.fireDue()).toBe(1)
    expect(await scheduler.fireDue()).toBe(0)
    expect(fired.map(({ payload }) => payload)).toEqual(['{"wait":"over"}'])
    expect(store.items.size).toBe(0)
    await expect(scheduler.handle('GetSchedule', { Name: 'wait-1' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    })
  })
  test('stays without the action DELETE and does not fire again, also after a restart', async () => {
    await start().handle('CreateSchedule', { ...wait, ActionAfterCompletion: 'NONE' })
    now += 120 * MINUTE
    expect(await start().fireDue()).toBe(1)
    const again = start()
    expect(await again.fireDue()).toBe(0)
    expect(again.nextDue()).toBe(undefined)
    expect(await again.handle('GetSchedule', { Name: 'wait-1' })).toMatchObject({ State: 'ENABLED' })
  })
  test('fires at once when its time is past', async () => {
    const scheduler = start()
    await scheduler.handle('CreateSchedule', { ...wait, ScheduleExpression: 'at(2025-12-01T00:00:00)' })
    expect(await scheduler.fireDue()).toBe(1)
  })
  test('does not fire while disabled, and does when enabled again', async () => {
    const scheduler = start()
    await scheduler.handle('CreateSchedule', { ...wait, State: 'DISABLED' })
    now += 120 * MINUTE
    expect(await scheduler.fireDue()).toBe(0)
    await scheduler.handle('UpdateSchedule', wait)
    expect(await scheduler.fireDue()).toBe(1)
  })
})

test('schedules fire in the order of their times', async () => {
  const scheduler = start()
  for (const [name, time] of [
    ['c', '03'],
    ['a', '01'],
    ['b', '02'],
    ['a2', '01'],
  ]) {
    await scheduler.handle('CreateSchedule', {
      ...wait,
      Name: name,
      ScheduleExpression: `at(2026-01-01T${time}:00:00)`,
    })
  }
  now += 240 * MINUTE
  expect(await scheduler.fireDue()).toBe(4)
  expect(names()).toEqual(['a', 'a2', 'b', 'c'])
})

describe('recurring schedules', () => {
  test('a rate fires at once, then at each interval', async () => {
    const scheduler = start()
    await scheduler.handle('CreateSchedule', { ...wait, ScheduleExpression: 'rate(5 minutes)' })
    for (let minute = 0; minute <= 10; minute++) {
      now = START + minute * MINUTE
      await scheduler.fireDue()
    }
    expect(fired.map(({ at }) => (at - START) / MINUTE)).toEqual([0, 5, 10])
  })
  test('what was missed while nothing ran fires once', async () => {
    await start().handle('CreateSchedule', { ...wait, ScheduleExpression: 'cron(0 * * * ? *)' })
    now += 24 * 60 * MINUTE
    const scheduler = start()
    expect(await scheduler.fireDue()).toBe(1)
    expect(scheduler.nextDue()).toBe(now + 60 * MINUTE)
  })
  test('the last one before the end date completes the schedule', async () => {
    const scheduler = start()
    const EndDate = (START + 10 * MINUTE) / 1000
    const StartDate = (START + 5 * MINUTE) / 1000
    await scheduler.handle('CreateSchedule', {
      ...wait,
      ScheduleExpression: 'rate(5 minutes)',
      StartDate,
      EndDate,
    })
    for (now = START; now <= START + 30 * MINUTE; now += MINUTE) await scheduler.fireDue()
    expect(fired.map(({ at }) => (at - START) / MINUTE)).toEqual([5, 10])
    expect(store.items.size).toBe(0)
  })
})

describe('a crash', () => {
  test('between delivery and its record fires again, with the same execution', async () => {
    const scheduler = start()
    await scheduler.handle('CreateSchedule', {
      ...wait,
      Target: { ...queue, Input: '<aws.scheduler.execution-id>' },
    })
    now += 60 * MINUTE
    const remembered = new Map(store.items)
    await scheduler.fireDue()
    store.items.clear()
    for (const [key, item] of remembered) store.items.set(key, item)
    expect(await start().fireDue()).toBe(1)
    expect(fired).toHaveLength(2)
    expect(fired[0]?.payload).toBe(fired[1]?.payload)
  })
})

describe('a target that refuses', () => {
  const letters = 'arn:aws:sqs:eu-central-1:000000000000:letters'
  test('is tried again', async () => {
    let failures = 10
    const taken = deliver
    deliver = async (...delivery) => {
      if (failures-- > 0) throw new AwsError('ThrottlingException', 'slow down')
      await taken(...delivery)
    }
    const scheduler = start()
    await scheduler.handle('CreateSchedule', wait)
    now += 60 * MINUTE
    await scheduler.fireDue()
    expect(fired.map(({ context }) => context.attempt)).toEqual([11])
  })
  test('is given up for the dead-letter queue', async () => {
    const taken = deliver
    deliver = async (target, ...rest) => {
      if (target.Arn === queue.Arn) throw new AwsError('AccessDeniedException', 'no', 403)
      await taken(target, ...rest)
    }
    const scheduler = start()
    const Target = { ...queue, DeadLetterConfig: { Arn: letters } }
    await scheduler.handle('CreateSchedule', { ...wait, Target })
    now += 60 * MINUTE
    await scheduler.fireDue()
    expect(fired).toMatchObject([
      {
        target: { Arn: letters },
        payload: '{"wait":"over"}',
        context: {
          deadLetter: { targetArn: queue.Arn, errorCode: 'AccessDeniedException', errorMessage: 'no' },
        },
      },
    ])
    expect(store.items.size).toBe(0)
  })
  test('is reported where there is no dead-letter queue', async () => {
    deliver = async () => {
      throw new Error('down')
    }
    const scheduler = start()
    await scheduler.handle('CreateSchedule', {
      ...wait,
      Target: { ...queue, RetryPolicy: { MaximumRetryAttempts: 2 } },
    })
    now += 60 * MINUTE
    await scheduler.fireDue()
    expect(dropped).toEqual(['down'])
    expect(scheduler.inFlight).toBe(0)
  })
})

test('a schedule deleted or moved while its target is called keeps the newer state', async () => {
  const scheduler = start()
  await scheduler.handle('CreateSchedule', wait)
  deliver = async () =>
    void (await scheduler.handle('UpdateSchedule', {
      ...wait,
      ScheduleExpression: 'at(2026-01-02T00:00:00)',
    }))
  now += 60 * MINUTE
  await scheduler.fireDue()
  expect(scheduler.nextDue()).toBe(Date.parse('2026-01-02T00:00:00Z'))
})

describe('the API', () => {
  test('creates once for one client token', async () => {
    const scheduler = start()
    const first = await scheduler.handle('CreateSchedule', { ...wait, ClientToken: 't1' })
    expect(await scheduler.handle('CreateSchedule', { ...wait, ClientToken: 't1' })).toEqual(first)
    await expect(scheduler.handle('CreateSchedule', { ...wait, ClientToken: 't2' })).rejects.toMatchObject({
      code: 'ConflictException',
      status: 409,
    })
    expect(first).toEqual({
      ScheduleArn: 'arn:aws:scheduler:eu-central-1:000000000000:schedule/default/wait-1',
    })
  })
  test('refuses unknown groups, schedules and operations by name', async () => {
    const scheduler = start()
    const refusals: [operation: string, input: object, code: string][] = [
      ['CreateSchedule', { ...wait, GroupName: 'nowhere' }, 'ResourceNotFoundException'],
      ['UpdateSchedule', wait, 'ResourceNotFoundException'],
      ['DeleteSchedule', { Name: 'nothing' }, 'ResourceNotFoundException'],
      ['GetScheduleGroup', { Name: 'nowhere' }, 'ResourceNotFoundException'],
      ['DeleteScheduleGroup', { Name: 'default' }, 'ValidationException'],
      ['CreateScheduleGroup', { Name: 'default' }, 'ConflictException'],
      ['TagResource', {}, 'UnknownOperationException'],
    ]
    for (const [operation, input, code] of refusals) {
      await expect(scheduler.handle(operation, input), operation).rejects.toMatchObject({ code })
    }
  })
  test('lists every fault of a schedule', async () => {
    const bad = { Name: 'a b', ScheduleExpression: 'rate(0 days)', FlexibleTimeWindow: { Mode: 'SOME' } }
    await expect(start().handle('CreateSchedule', bad)).rejects.toMatchObject({
      code: 'ValidationException',
      message: expect.stringMatching(
        /4 validation errors.*Expression.*'Name'.*'FlexibleTimeWindow.Mode'.*'Target'/s,
      ),
    })
  })
  test('lists schedules page by page', async () => {
    const scheduler = start()
    scheduler.addGroup('waits')
    for (const name of ['a', 'b', 'c'])
      await scheduler.handle('CreateSchedule', { ...wait, Name: name, GroupName: 'waits' })
    await scheduler.handle('CreateSchedule', wait)
    const first = await scheduler.handle('ListSchedules', { GroupName: 'waits', MaxResults: 2 })
    expect(first).toMatchObject({ Schedules: [{ Name: 'a' }, { Name: 'b' }], NextToken: expect.any(String) })
    const { NextToken } = first as { NextToken: string }
    const rest = await scheduler.handle('ListSchedules', { GroupName: 'waits', NextToken })
    expect(rest).toMatchObject({ Schedules: [{ Name: 'c' }] })
    expect(rest).not.toHaveProperty('NextToken')
  })
  test('deletes a group with what is in it', async () => {
    const scheduler = start()
    await scheduler.handle('CreateScheduleGroup', { Name: 'waits' })
    await scheduler.handle('CreateSchedule', { ...wait, GroupName: 'waits' })
    await start().handle('GetScheduleGroup', { Name: 'waits' })
    await scheduler.handle('DeleteScheduleGroup', { Name: 'waits' })
    expect(scheduler.nextDue()).toBe(undefined)
    expect(store.items.size).toBe(0)
  })
})

describe('schedules of the template', () => {
  const nightly = { ...wait, Name: 'nightly', ScheduleExpression: 'rate(1 day)' }
  test('go on over a restart where they were', async () => {
    const scheduler = start()
    scheduler.addTemplateSchedule(nightly)
    await scheduler.fireDue()
    now += MINUTE
    const again = start()
    again.addTemplateSchedule(nightly)
    expect(again.nextDue()).toBe(START + 24 * 60 * MINUTE)
  })
  test('go when the template drops them; others stay', async () => {
    const scheduler = start()
    scheduler.addTemplateSchedule(nightly)
    await scheduler.handle('CreateSchedule', wait)
    scheduler.retainTemplateSchedules([])
    expect([...store.items.keys()]).toEqual(['default/wait-1'])
  })
})

test('the default notification names the schedule and its time', async () => {
  const scheduler = start()
  const { Input: _, ...Target } = queue
  await scheduler.handle('CreateSchedule', { ...wait, Target })
  now += 60 * MINUTE
  await scheduler.fireDue()
  expect(JSON.parse(fired[0]?.payload ?? '')).toMatchObject({
    source: 'aws.scheduler',
    time: '2026-01-01T01:00:00Z',
    resources: ['arn:aws:scheduler:eu-central-1:000000000000:schedule/default/wait-1'],
  })
})
