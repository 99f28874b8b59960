import { describe, expect, test } from 'vitest'
import {
  type Assumed,
  type Counted,
  type Load,
  reckon,
  type ScenarioName,
  type Spread,
  scenarioNames,
  shareOf,
} from '../../../domain/cost/scale.ts'

const nothing: Counted = { calls: {}, events: 0, written: {}, read: {} }
const counts = (
  some: Partial<Record<ScenarioName, Partial<Counted>>>,
): Readonly<Record<ScenarioName, Counted>> =>
  Object.fromEntries(scenarioNames.map((name) => [name, { ...nothing, ...some[name] }])) as Record<
    ScenarioName,
    Counted
  >

/** One a second on average, and two in the busiest. */
const load: Load = {
  leads: 1_000_000,
  newLeadsPerDay: 0,
  activitiesPerDay: 86_400,
  emailsPerDay: 0,
  handoffsPerDay: 0,
  peak: 2,
  inBatches: false,
}
const assumed: Assumed = {
  leadKilobytes: 4,
  callMilliseconds: 100,
  callMemory: 1_024,
  logKilobytes: 1,
  schedulesPerLead: 1,
  atRest: { secretMonths: 5 },
}
const quotas = { sesRate: 14, concurrency: 10 }
const spread: Spread = { L: 'by lead', ROWS: 'by minute', 'lists LEADS': 4, PLAYBOOK: 1 }

const activity: Partial<Counted> = {
  calls: {
    'Record (Function)': { 'dynamodb PutItem': 2, 'sqs ReceiveMessage': 1, 'sqs SendMessage': 1 },
    'Record (Rule)': { 'sqs SendMessage': 1 },
    'WakeUps (Group)': { 'sqs SendMessage': 0.5 },
  },
  events: 1,
  written: { L: 5, 'lists LEADS': 2, ROWS: 7 },
  read: { PLAYBOOK: 3 },
}
const reckoned = (some = counts({ activity }), more: Partial<Load> = {}, known = spread) =>
  reckon({ ...load, ...more }, { counted: some, spread: known }, assumed, quotas)

describe('what a load takes', () => {
  test('in its busiest second: what is counted for one, times how often it comes, times the peak', () => {
    const { perSecond } = reckoned()
    expect(perSecond).toMatchObject({
      httpRequests: 2,
      events: 2,
      queueRequests: 2 * 3.5,
      // The request, and a batch of one.
      invocations: 2 * 2,
      schedules: 2 * 0.5,
    })
    // Without the rows of the figures: these are written so often a minute, whatever happens.
    expect(perSecond.writeUnits).toBeCloseTo(2 * (7 + 1), 9)
  })

  test('by partition: what everybody writes to, spread over its parts, the hottest first', () => {
    expect(reckoned().partitions).toEqual([
      { kind: 'PLAYBOOK', parts: 1, written: 0, read: 6 },
      { kind: 'lists LEADS', parts: 4, written: 1, read: 0 },
    ])
  })

  test('in batches, requests are shared', () => {
    const { perSecond } = reckoned(counts({ activityInBatches: activity }), { inBatches: true })
    expect(perSecond.httpRequests).toBeCloseTo(2 / 50, 12)
    expect(perSecond.events).toBe(2)
  })

  test('a handoff is what it takes beyond the two activities that lead to it', () => {
    const some = counts({ activity: { events: 1 }, handoff: { events: 5 } })
    const { perSecond } = reckoned(some, { activitiesPerDay: 0, handoffsPerDay: 86_400 })
    expect(perSecond.events).toBe(2 * (5 - 2))
  })

  test('a kind of partition that nobody has spread is named', () => {
    expect(() => reckoned(counts({ activity }), {}, { L: 'by lead', ROWS: 'by minute' })).toThrow(
      'lists LEADS',
    )
  })
})

describe('which limit is hit first', () => {
  test.each([
    ['SES: sending rate', { emailsPerDay: 86_400 * 10, activitiesPerDay: 0 }],
    ['Lambda: concurrent executions', { activitiesPerDay: 86_400 * 100 }],
    ['Scheduler: schedules', { leads: 20_000_000 }],
  ])('%s', (name, more) => {
    const [first, second] = reckoned(counts({ activity }), more).limits
    expect(first?.name).toBe(name)
    expect(first && shareOf(first)).toBeGreaterThan(1)
    expect(second && first && shareOf(second) <= shareOf(first)).toBe(true)
  })

  test('the hottest partition, where one takes what all write', () => {
    const some = counts({ activity: { written: { 'lists LEADS': 400 } } })
    const { limits } = reckoned(some, { leads: 1_000, activitiesPerDay: 86_400 * 20 })
    expect(limits[0]).toMatchObject({ quota: 1_000, used: (400 * 20 * 2) / 4 })
    expect(limits[0]?.name).toContain('lists LEADS, one of 4')
  })

  test('concurrency is calls a second times how long one takes', () => {
    const found = reckoned().limits.find(({ name }) => name.startsWith('Lambda'))
    expect(found?.used).toBeCloseTo(4 * 0.1, 12)
  })
})

describe('what a month costs', () => {
  const dollars = (item: string, { cost } = reckoned()) =>
    cost.lines.find((line) => line.item === item)?.dollars

  test('thirty days of what happens, what is kept, and what is paid for at rest', () => {
    expect(dollars('events')).toBeCloseTo(86_400 * 30 * 1e-6, 9)
    // Two calls of a tenth of a second with a gigabyte.
    expect(dollars('gigabyteSeconds')).toBeCloseTo((86_400 * 30 * 2 * 0.1 * 13.3334) / 1e6, 9)
    expect(dollars('tableGigabyteMonths')).toBeCloseTo(4 * 0.25, 9)
    expect(dollars('recoveryGigabyteMonths')).toBeCloseTo(4 * 0.2, 9)
    expect(dollars('secretMonths')).toBeCloseTo(2, 9)
  })

  test('the figures write each shard once a minute at most', () => {
    const many = reckoned(counts({ activity }), { activitiesPerDay: 86_400 * 1_000 })
    expect(dollars('objectsPut', many)).toBeCloseTo((64 * 2 * 1_440 * 30 * 0.005) / 1_000, 6)
    expect(dollars('objectsPut')).toBeCloseTo((60 * 2 * 1_440 * 30 * 0.005) / 1_000, 6)
  })
})
