import { describe, expect, test } from 'vitest'
import { parseLeadId } from '../../../domain/model/activity.ts'
import type { Decision } from '../../../domain/model/decision.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { type Lead, Transient } from '../../../functions/ports.ts'
import type { QueueMessage } from '../../../functions/queue/message.ts'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import type { RecordPorts } from '../../../functions/record/record-ports.ts'
import { makePlaybook, scoring } from '../../domain/support/make-playbook.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { activityOfAnna, recordWorld, rules } from './record-world.ts'

/** As the queue has it. */
const mostReceives = 5

const later = (now: string, seconds: number): string =>
  new Date(Date.parse(now) + seconds * 1000).toISOString()

interface Waiting {
  readonly message: QueueMessage
  readonly due: string
  readonly receives: number
}

/**
 * The recorder with its own queue and Scheduler: what it puts there comes back when it is due, what fails comes again
 * after three minutes, and is a dead letter after the fifth time.
 */
const queueWorld = (overrides: (ports: RecordPorts) => Partial<RecordPorts>, given = rules) => {
  const world = recordWorld(given)
  world.times.now = '2026-03-02T09:30:00.000Z'
  const queue: Waiting[] = []
  const dead: { readonly message: QueueMessage; readonly error: unknown }[] = []
  let received = 0
  let put = 0
  const add = (body: unknown, due: string): void => {
    queue.push({ message: { messageId: `m-${++put}`, body }, due, receives: 0 })
  }
  const ports: RecordPorts = {
    ...world.ports,
    leadTimers: {
      later: async (timer, seconds) => add({ type: 'wake', ...timer }, later(world.times.now, seconds)),
    },
    timers: { set: async (_name, at, message: JsonObject) => add(message, at) },
  }
  const record = makeRecordActivities({ ...ports, ...overrides(ports) })

  /** Takes what comes until `until`. @returns how many messages were received. */
  const run = async (until: string): Promise<number> => {
    received = 0
    for (;;) {
      queue.sort((a, b) => (a.due < b.due ? -1 : a.due > b.due ? 1 : 0))
      const [next] = queue
      if (next === undefined || next.due > until || received > 2000) break
      queue.shift()
      received += 1
      if (next.due > world.times.now) world.times.now = next.due
      const [error] = (await record([next.message])).values()
      if (error === undefined) continue
      const receives = next.receives + 1
      if (receives >= mostReceives) dead.push({ message: next.message, error })
      else queue.push({ ...next, receives, due: later(world.times.now, 180) })
    }
    return received
  }
  return {
    ...world,
    dead,
    queue,
    run,
    send: (activity: Parameters<typeof activityMessage>[0]) =>
      add(activityMessage(activity).body, world.times.now),
  }
}

const tooLarge = (): never => {
  throw Object.assign(new Error('Item size has exceeded the maximum allowed size'), {
    name: 'ValidationException',
  })
}

const click = {
  ...activityOfAnna('c', 'email.clicked', 2, {
    email: 'welcome',
    messageId: 'm1',
    link: 'https://a.example',
  }),
  occurredAt: '2026-03-02T09:29:59.500Z',
}
const demo = activityOfAnna('d', 'demo.requested', 1)
const quote = activityOfAnna('q', 'quote.requested', 2)

/** Points that are gone within ten minutes: the band changes while a delayed message can still wait for it. */
const hasty = compileRules(
  makePlaybook({
    scoring: {
      ...scoring,
      engagement: scoring.engagement.map((rule) => ({ ...rule, halfLife: 5 * 60_000 })),
    },
  }),
)

const failing: Readonly<Record<string, (ports: RecordPorts) => Partial<RecordPorts>>> = {
  'an item that is too large': ({ leads }) => ({ leads: { ...leads, commit: async () => tooLarge() } }),
  'a throttled index': ({ leads }) => ({
    leads: {
      ...leads,
      commit: async () => {
        throw Object.assign(new Error('slow down'), { name: 'ThrottlingException' })
      },
    },
  }),
  'a table that refuses to empty the outbox': ({ leads }) => ({
    leads: {
      ...leads,
      clearOutbox: async () => {
        throw Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' })
      },
    },
  }),
  'a bus that takes nothing': () => ({
    bus: {
      publish: async () => {
        throw Object.assign(new Error('not authorized'), { name: 'AccessDeniedException' })
      },
    },
  }),
  'a Scheduler that takes nothing': () => ({
    timers: {
      set: async () => {
        throw Object.assign(new Error('quota'), { name: 'ServiceQuotaExceededException' })
      },
    },
  }),
  'a queue that takes nothing': () => ({
    leadTimers: {
      later: async () => {
        throw Object.assign(new Error('not authorized'), { name: 'AccessDenied' })
      },
    },
  }),
}

describe.each(Object.entries(failing))('%s', (_name, overrides) => {
  test.each([
    ['a click that is held back', [demo, click], rules],
    ['points that fade within minutes', [quote, { ...demo, occurredAt: '2026-03-02T09:29:00.000Z' }], hasty],
    ['points that fade within weeks', [demo, quote], rules],
  ] as const)('ends as dead letters, one for each message: %s', async (_what, activities, given) => {
    const world = queueWorld(overrides, given)
    for (const activity of activities) world.send(activity)
    const received = await world.run('2026-03-03T09:30:00.000Z')
    expect(received).toBeLessThanOrEqual(60)
    expect(world.queue.filter(({ due }) => due < '2026-03-03T09:30:00.000Z')).toEqual([])
    const ofActivities = world.dead.filter(({ message }) => JSON.stringify(message).includes('detail'))
    expect(ofActivities.length).toBeLessThanOrEqual(activities.length)
  })
})

test.each(['an item that is too large', 'a throttled index', 'a bus that takes nothing'])(
  'puts nothing on its own queue: %s',
  async (name) => {
    const world = queueWorld(failing[name] ?? (() => ({})))
    world.send(demo)
    world.send(click)
    expect(await world.run('2026-04-30T00:00:00.000Z')).toBe(2 * mostReceives)
    expect(world.dead.map(({ message }) => message.messageId)).toEqual(['m-1', 'm-2'])
    expect(world.queue).toEqual([])
  },
)

test('a wake that can never be committed is one dead letter, and others go on', async () => {
  let full = false
  const world = queueWorld(({ leads }) => ({
    leads: {
      ...leads,
      commit: async (lead, rank) =>
        full && lead.email === 'anna@example.com' ? tooLarge() : leads.commit(lead, rank),
    },
  }))
  world.send(demo)
  world.send(quote)
  await world.run('2026-03-02T09:31:00.000Z')
  full = true
  world.send({ ...activityOfAnna('ben', 'demo.requested', 1), subject: { email: 'ben@example.com' } })
  await world.run('2026-12-31T00:00:00.000Z')
  expect(world.dead.map(({ message }) => message.body)).toMatchObject([{ type: 'wake' }])
  const ben = [...world.leads.items.values()].find(({ email }) => email === 'ben@example.com')
  expect(ben?.state?.band.id).toBe('cold')
})

test('a lead under old rules that cannot be committed asks for no look at itself', async () => {
  const fresh = compileRules(makePlaybook({ version: 'v2', rulesVersion: 'r2' }))
  const before = queueWorld(() => ({}))
  before.send(demo)
  before.send(quote)
  await before.run(before.times.now)
  const [stored] = before.leads.items.values()
  const world = queueWorld(
    ({ leads }) => ({
      leads: {
        ...before.leads,
        commit: async () => tooLarge(),
        load: async (leadId) => {
          const { wakeAt: _wakeAt, ...lead } = (await before.leads.load(leadId)) as Lead
          return lead
        },
        clearOutbox: leads.clearOutbox,
      },
    }),
    fresh,
  )
  expect(parseLeadId(stored?.leadId)).toBeDefined()
  world.send(activityOfAnna('late', 'page.viewed', 2))
  expect(await world.run('2026-12-31T00:00:00.000Z')).toBe(mostReceives)
  expect(world.dead).toHaveLength(1)
})

test('decisions that nobody takes do not pile up in the item until it is too large', async () => {
  const world = recordWorld()
  await world.record([activityMessage(demo)])
  const stored = world.lead()
  const { state } = stored
  if (!state) throw new Error('no state')
  const [told] = world.bus.published
  const waiting = Array.from(
    { length: 2_000 },
    (_, index) => ({ ...told, id: `waiting-${index}` }) as Decision,
  )
  await world.leads.commit({ ...stored, state, outbox: waiting }, 1)
  const deaf = makeRecordActivities({
    ...world.ports,
    bus: {
      publish: async () => {
        throw new Transient('the bus is down')
      },
    },
  })
  const [failure] = (await deaf([activityMessage(quote)])).values()
  expect(failure).toBeInstanceOf(Transient)
  expect(world.lead().outbox).toEqual(waiting)
  expect(await world.record([activityMessage(quote)])).toEqual(new Map())
  expect(world.lead().outbox).toEqual([])
  expect(world.lead().state?.seen).toHaveProperty(['quote.requested'])
})
