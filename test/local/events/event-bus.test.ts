import { beforeEach, describe, expect, test } from 'vitest'
import { AwsError } from '../../../local/aws-error.ts'
import {
  type Delivery,
  EventBuses,
  type EventTarget,
  type PutEventsEntry,
} from '../../../local/events/event-bus.ts'

const BUS = 'arn:aws:events:eu-central-1:000000000000:event-bus/shop'
const NOW = Date.parse('2026-01-01T00:00:00.500Z')

let delivered: Delivery[]
let dropped: string[]
let failures: Error[]
let ids: number

function makeBuses(answerWithinMs = 5000): EventBuses {
  const buses = new EventBuses({
    clock: { now: () => NOW },
    newId: () => `id-${++ids}`,
    account: '000000000000',
    region: 'eu-central-1',
    deliver: async (delivery) => {
      const failure = failures.shift()
      if (failure) throw failure
      delivered.push(delivery)
    },
    onDropped: (_, error) => dropped.push(error.message),
    wait: async () => {},
    answerWithinMs,
  })
  buses.addBus('shop', BUS)
  return buses
}

function addRule(buses: EventBuses, pattern: object, target: Partial<EventTarget> = {}): void {
  buses.addRule({
    name: 'orders',
    arn: 'arn:rule',
    busName: 'shop',
    pattern: JSON.stringify(pattern),
    enabled: true,
    targets: [{ id: 't', arn: 'arn:queue', ...target }],
  })
}

const order: PutEventsEntry = {
  EventBusName: 'shop',
  Source: 'shop',
  DetailType: 'OrderPlaced',
  Detail: '{"amount":12.50}',
}

beforeEach(() => {
  delivered = []
  dropped = []
  failures = []
  ids = 0
})

describe('a matching event', () => {
  test('reaches the target before PutEvents answers, with its digits', async () => {
    const buses = makeBuses()
    addRule(buses, { source: ['shop'], detail: { amount: [{ numeric: ['>', 10] }] } })
    const result = await buses.putEvents([order])
    expect(result).toEqual({ FailedEntryCount: 0, Entries: [{ EventId: 'id-1' }] })
    expect(delivered.map((delivery) => delivery.body)).toEqual([
      '{"version":"0","id":"id-1","account":"000000000000","time":"2026-01-01T00:00:00Z","region":"eu-central-1",' +
        '"resources":[],"detail-type":"OrderPlaced","source":"shop","detail":{"amount":12.50}}',
    ])
  })
  test('is found by the name and by the ARN of its bus', async () => {
    const buses = makeBuses()
    addRule(buses, { source: ['shop'] })
    await buses.putEvents([order, { ...order, EventBusName: BUS }])
    expect(delivered).toHaveLength(2)
  })
  test('does not reach rules of other buses or disabled ones', async () => {
    const buses = makeBuses()
    buses.addRule({
      name: 'off',
      arn: 'arn:off',
      busName: 'shop',
      pattern: '{"source":["shop"]}',
      enabled: false,
      targets: [{ id: 't', arn: 'arn:queue' }],
    })
    addRule(buses, { source: ['shop'] })
    await buses.putEvents([{ ...order, EventBusName: 'default' }])
    expect(delivered).toEqual([])
    await buses.putEvents([order])
    expect(delivered.map((delivery) => delivery.rule)).toEqual(['orders'])
  })
})

describe('a delivery that fails', () => {
  test('is tried again until it is taken', async () => {
    const buses = makeBuses()
    addRule(buses, { source: ['shop'] })
    failures = Array.from({ length: 20 }, () => new AwsError('ThrottlingException', 'slow down'))
    await buses.putEvents([order])
    expect(delivered).toHaveLength(1)
    expect(buses.inFlight).toBe(0)
  })
  test('goes to the dead-letter queue after its attempts, whole and with the reason', async () => {
    const buses = makeBuses()
    addRule(
      buses,
      { source: ['shop'] },
      {
        input: '"constant"',
        deadLetterArn: 'arn:letters',
        retry: { maximumRetryAttempts: 1 },
      },
    )
    failures = [new Error('first'), new Error('second')]
    await buses.putEvents([order])
    expect(delivered).toHaveLength(1)
    expect(delivered[0]).toMatchObject({
      target: { arn: 'arn:letters' },
      deadLetter: { ruleArn: 'arn:rule', targetArn: 'arn:queue', errorCode: 'Error', errorMessage: 'second' },
    })
    expect(JSON.parse(delivered[0]?.body ?? '')).toMatchObject({ id: 'id-1', detail: { amount: 12.5 } })
  })
  test('is not repeated where a repeat cannot help', async () => {
    const buses = makeBuses()
    addRule(buses, { source: ['shop'] })
    failures = [new AwsError('AccessDeniedException', 'no', 403), new Error('not reached')]
    await buses.putEvents([order])
    expect(dropped).toEqual(['no'])
    expect(failures).toHaveLength(1)
  })
  test('does not hold the answer for ever, and goes on', async () => {
    let open: (() => void) | undefined
    const buses = new EventBuses({
      clock: { now: () => NOW },
      newId: () => 'id',
      account: '000000000000',
      region: 'eu-central-1',
      deliver: () => new Promise((resolve) => (open = resolve)),
      answerWithinMs: 5,
    })
    buses.addBus('shop', BUS)
    addRule(buses, { source: ['shop'] })
    expect(await buses.putEvents([order])).toMatchObject({ FailedEntryCount: 0 })
    expect(buses.inFlight).toBe(1)
    open?.()
    await new Promise((resolve) => setImmediate(resolve))
    expect(buses.inFlight).toBe(0)
  })
})

describe('entries', () => {
  const faults: [name: string, entry: PutEventsEntry, code: string][] = [
    ['no source', { ...order, Source: undefined }, 'InvalidArgument'],
    ['no detail type', { ...order, DetailType: '' }, 'InvalidArgument'],
    ['no detail', { ...order, Detail: undefined }, 'InvalidArgument'],
    ['detail is no JSON', { ...order, Detail: '{' }, 'MalformedDetail'],
    ['detail is an array', { ...order, Detail: '[1]' }, 'MalformedDetail'],
    ['a source of AWS', { ...order, Source: 'aws.ses' }, 'NotAuthorizedForSourceException'],
    ['an unknown bus', { ...order, EventBusName: 'nowhere' }, 'InvalidArgument'],
    ['resources that are no texts', { ...order, Resources: [5] }, 'InvalidArgument'],
  ]
  test.each(faults)('%s', async (_, entry, code) => {
    const buses = makeBuses()
    addRule(buses, { source: [{ prefix: '' }] })
    const result = await buses.putEvents([entry, order])
    expect(result.FailedEntryCount).toBe(1)
    expect(result.Entries).toMatchObject([{ ErrorCode: code }, { EventId: 'id-1' }])
    expect(delivered).toHaveLength(1)
  })
  test.each([
    ['none', []],
    ['eleven', Array.from({ length: 11 }, () => order)],
    [
      'over 256 KB together',
      Array.from({ length: 3 }, () => ({ ...order, Detail: `{"x":"${'x'.repeat(90_000)}"}` })),
    ],
  ])('%s are refused as a whole', async (_, entries) => {
    await expect(makeBuses().putEvents(entries)).rejects.toMatchObject({ code: 'ValidationException' })
  })
})

test('an event of AWS goes to the default bus', async () => {
  const buses = makeBuses()
  buses.addRule({
    name: 'mail',
    arn: 'arn:mail',
    busName: 'default',
    pattern: '{"source":["aws.ses"]}',
    enabled: true,
    targets: [{ id: 't', arn: 'arn:queue' }],
  })
  await buses.publishAws({ source: 'aws.ses', 'detail-type': 'Email Sent', detail: { eventType: 'Send' } })
  expect(delivered[0]?.event).toMatchObject({ id: 'id-1', source: 'aws.ses', account: '000000000000' })
})

describe('TestEventPattern', () => {
  test('answers', () => {
    expect(makeBuses().testEventPattern('{"a":[1]}', '{"a":1}')).toBe(true)
  })
  test('names a pattern that is no pattern', () => {
    expect(() => makeBuses().testEventPattern('{"a":1}', '{}')).toThrow(
      expect.objectContaining({ code: 'InvalidEventPatternException' }),
    )
  })
})
