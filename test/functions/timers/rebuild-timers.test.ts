import { describe, expect, test } from 'vitest'
import { memoryTimers } from '../../../functions/adapters/memory-event-bus.ts'
import { memoryHandoffs } from '../../../functions/adapters/memory-handoffs.ts'
import type { Waiting } from '../../../functions/erasure-ports.ts'
import { makeHandOffLead } from '../../../functions/handoff/hand-off-lead.ts'
import { parseMessage as parseHandoffMessage } from '../../../functions/handoff/parse-message.ts'
import { makeFinishHandoff } from '../../../functions/handoff/publish-handoff.ts'
import { makeNurtureLead } from '../../../functions/nurture/nurture-lead.ts'
import type { Handoffs } from '../../../functions/ports.ts'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import { makeRetryEmail } from '../../../functions/send/hold-email.ts'
import { parseRequest } from '../../../functions/send/parse-request.ts'
import { makeSendEmail } from '../../../functions/send/send-email.ts'
import { makeRebuildTimers, type Sleeper } from '../../../functions/timers/rebuild-timers.ts'
import { fact } from '../../domain/support/facts.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { Crash } from '../fakes/crash-at.ts'
import { handoffWorld, now } from '../handoff/handoff-world.ts'
import { nurtureWorld } from '../nurture/nurture-world.ts'
import { activityOfAnna, recordWorld } from '../record/record-world.ts'
import { cause, playbook, sendWorld, start, welcomeRequest } from '../send/send-world.ts'
import { endpoint, webhookWorld } from '../webhook/webhook-world.ts'

const sleepers: readonly Sleeper[] = ['record', 'nurture', 'handoff', 'send', 'webhook', 'audience']

/**
 * Sets again, twice, what `waiting` waits for; nothing of what was set before is left.
 * @returns the timers of the queue that it belongs to; the others have none.
 */
const rebuilt = async (own: Sleeper, clock: () => string, ...waiting: readonly Waiting[]) =>
  rebuiltBeside(memoryHandoffs(), own, clock, ...waiting)

const rebuiltBeside = async (
  handoffs: Pick<Handoffs, 'load'>,
  own: Sleeper,
  clock: () => string,
  ...waiting: readonly Waiting[]
) => {
  const timers = {
    record: memoryTimers(),
    nurture: memoryTimers(),
    handoff: memoryTimers(),
    send: memoryTimers(),
    webhook: memoryTimers(),
    audience: memoryTimers(),
  }
  const rebuild = makeRebuildTimers({ timers, clock, handoffs })
  for (const one of [...waiting, ...waiting]) await rebuild(one)
  for (const sleeper of sleepers) if (sleeper !== own) expect(timers[sleeper].items.size, sleeper).toBe(0)
  return timers[own]
}

const later = (at: string, minutes: number): string =>
  new Date(Date.parse(at) + minutes * 60_000).toISOString()

const dies = async (work: Promise<unknown>): Promise<void> => {
  await expect(work).rejects.toBeInstanceOf(Crash)
}

const crash = async (): Promise<never> => {
  throw new Crash()
}

describe('an email', () => {
  const granted = fact('yes', 'consent.granted', '01-05T09:00', { purpose: 'newsletter' })
  const { sendId } = welcomeRequest
  const opening = '2026-01-05T13:00:00.000Z'
  const closed = {
    ...playbook,
    settings: { ...playbook.settings, sending: { days: ['mon'], from: '14:00', to: '20:00' } },
  } as const

  const worldOf = (live: typeof playbook = playbook) => {
    const world = sendWorld([granted], undefined, live)
    const wakeEmail = makeRetryEmail({ ...world.ports, sendEmail: makeSendEmail(world.ports) })
    const stands = () => {
      const send = world.sends.items.get(sendId)
      if (!send) throw new Error('nothing was asked for')
      return send
    }
    return {
      ...world,
      stands,
      /** Loses every timer, sets them again, and lets the only one go off. */
      rebuildAndWake: async (): Promise<string> => {
        while (world.timers.take());
        const timers = await rebuilt('send', () => world.times.now, { type: 'send', send: stands() })
        expect(timers.items.size).toBe(1)
        const timer = timers.take()
        if (!timer) throw new Error('no timer is set')
        world.times.now = timer.at
        const message = parseRequest(timer.message)
        if (message.type !== 'woken') throw new Error(message.type)
        await wakeEmail(message.timer)
        return timer.at
      },
    }
  }

  test.each([
    ['in time', start, opening],
    ['when that is over', '2026-01-05T15:00:00.000Z', '2026-01-05T15:00:05.000Z'],
  ])('that is held goes out: set again %s', async (_name, at, due) => {
    const world = worldOf(closed)
    await makeSendEmail(world.ports)(welcomeRequest, cause)
    expect(world.stands()).toMatchObject({ status: 'held', until: opening })
    world.times.now = at
    expect(await world.rebuildAndWake()).toBe(due)
    expect(world.outgoing).toHaveLength(1)
    expect(world.stands().status).toBe('sent')
  })

  test.each([
    ['while the claim stands', 1, later(start, 15)],
    ['when its lease is over', 60, later(later(start, 60), 5 / 60)],
  ])('whose sender died is taken up: set again %s', async (_name, minutes, due) => {
    const world = worldOf()
    await dies(makeSendEmail({ ...world.ports, mailer: { send: crash } })(welcomeRequest, cause))
    expect(world.stands().status).toBe('claimed')
    world.times.now = later(start, minutes)
    expect(await world.rebuildAndWake()).toBe(due)
    expect(world.outgoing).toHaveLength(1)
    expect(world.stands().status).toBe('sent')
  })

  test('that is over waits for nothing', async () => {
    const world = worldOf()
    await makeSendEmail(world.ports)(welcomeRequest, cause)
    const timers = await rebuilt('send', () => start, { type: 'send', send: world.stands() })
    expect(timers.items.size).toBe(0)
  })
})

describe('a delivery to an endpoint', () => {
  test.each([1, 4])('after %i attempts that failed is attempted again', async (attempts) => {
    const world = await webhookWorld([endpoint('crm')])
    world.answers.of = () => ({ type: 'answered', status: 500, answer: '' })
    await world.tell(world.event())
    while (world.only().attempts < attempts) {
      world.time.now = world.only().nextAt ?? ''
      await world.settle()
    }
    const { nextAt = '' } = world.only()
    world.waiting.splice(0)
    while (world.timers.take());
    world.answers.of = () => ({ type: 'answered', status: 200, answer: '' })

    const timers = await rebuilt('webhook', () => world.time.now, {
      type: 'delivery',
      delivery: world.only(),
    })
    const [timer, ...others] = timers.items.values()
    expect(others).toEqual([])
    expect(timer && timer.at >= nextAt).toBe(true)
    world.time.now = timer?.at ?? ''
    await world.tell(timer?.message)
    expect(world.only()).toMatchObject({ state: 'delivered', attempts: attempts + 1 })
    const done = await rebuilt('webhook', () => world.time.now, { type: 'delivery', delivery: world.only() })
    expect(done.items.size).toBe(0)
  })
})

describe('what was committed and not told, as everybody who would have told it died', () => {
  test('of a lead is told', async () => {
    const world = recordWorld()
    const { bus, ...rest } = world.ports
    const dying = makeRecordActivities({ ...rest, bus: { ...bus, publish: crash } })
    const failures = await dying([activityMessage(activityOfAnna('d', 'demo.requested', 1))])
    expect(failures.size).toBe(1)
    const owed = world.lead().outbox.map(({ id }) => id)
    expect(owed).not.toEqual([])
    expect(world.decisionIds()).toEqual([])

    const timers = await rebuilt('record', () => world.times.now, { type: 'lead', lead: world.lead() })
    for (let timer = timers.take(), count = 0; timer; timer = timers.take(), count += 1) {
      world.times.now = timer.at
      expect(await world.record([{ messageId: `wake-${count}`, body: timer.message }])).toEqual(new Map())
    }
    expect(world.decisionIds()).toEqual(expect.arrayContaining(owed))
    expect(world.lead().outbox).toEqual([])
  })

  test('of a run is told, and its wait goes on', async () => {
    const facts = [
      fact('profile', 'profile.updated', '01-05T08:00', { fields: { language: 'de' } }),
      fact('signup', 'newsletter.subscribed', '01-05T09:00'),
    ]
    const world = nurtureWorld(facts, '2026-01-05T09:00:01.000Z')
    const { bus, ...rest } = world.ports
    await dies(makeNurtureLead({ ...rest, bus: { ...bus, publish: crash } })(world.stageEvent('interest')))
    while (world.timers.take());
    const [run] = world.runs.items.values()
    if (!run) throw new Error('no run')
    expect(run.outbox).not.toEqual([])
    expect(world.emails()).toEqual([])

    const timers = await rebuilt('nurture', () => world.times.now, { type: 'run', run })
    const nurture = makeNurtureLead(world.ports)
    const first = timers.take()
    world.times.now = first?.at ?? ''
    await nurture(first?.message)
    expect(world.emails()).toEqual(['welcome'])
    const second = timers.take()
    expect(second?.at).toBe('2026-01-08T09:00:01.000Z')
    world.times.now = second?.at ?? ''
    await nurture(second?.message)
    expect(world.emails()).toEqual(['welcome', 'reminder'])
    expect(timers.items.size).toBe(0)
  })

  test('of a handoff is told, and its deadlines are set', async () => {
    const world = await handoffWorld(1, { accept: { remind: 2 * 3_600_000 } })
    const [leadId] = world.leadIds
    if (!leadId) throw new Error('no lead')
    const { bus, ...rest } = world.ports
    await dies(makeHandOffLead({ ...rest, bus: { ...bus, publish: crash } })(world.qualified(leadId)))
    const before = [...world.timers.items]
    expect(before).not.toEqual([])
    const [handoff] = world.handoffs.items.values()
    if (!handoff) throw new Error('no handoff')

    const timers = await rebuilt('handoff', () => now, { type: 'handoff', handoff })
    expect([...timers.items]).toEqual(expect.arrayContaining(before))
    const message = parseHandoffMessage(timers.take()?.message)
    if (message.type !== 'publish') throw new Error(message.type)
    await makeFinishHandoff(world.ports)(message.handoffId)
    expect(world.bus.published.map(({ id }) => id)).toEqual(handoff.outbox.map(({ id }) => id))
    expect([...world.handoffs.items.values()].map(({ outbox }) => outbox)).toEqual([[]])
  })
})

describe('a qualified lead whose address nobody has confirmed', () => {
  const seen = { 'form.submitted': { count: 1, first: now, last: now, times: [] } }
  const nextHour = '2026-03-02T10:00:00.000Z'

  test('waits for its hour again, and goes to sales once', async () => {
    const world = await handoffWorld(2, { unconfirmed: { perHour: 1 } })
    const waiting: Waiting[] = []
    for (const leadId of world.leadIds) {
      const lead = await world.leads.load(leadId)
      if (!lead?.state) throw new Error('no lead')
      await world.leads.commit({ ...lead, state: { ...lead.state, seen } }, 0)
      await makeHandOffLead(world.ports)(world.qualified(leadId))
      waiting.push({ type: 'lead', lead: { ...lead, state: { ...lead.state, seen } } })
    }
    expect(world.handoffs.items.size).toBe(1)

    const timers = await rebuiltBeside(world.handoffs, 'handoff', () => nextHour, ...waiting)
    expect(timers.items.size).toBe(1)
    const message = parseHandoffMessage(timers.take()?.message)
    if (message.type !== 'qualified') throw new Error(message.type)
    expect(message.qualified.decisionId).toBe(`${world.leadIds[1]}:qualified:1`)
    const handOff = makeHandOffLead({ ...world.ports, clock: () => nextHour })
    await handOff(message.qualified)
    await handOff(message.qualified)
    expect([...world.handoffs.items.values()].map(({ leadId }) => leadId)).toEqual(world.leadIds)
  })
})

test('a broadcast begins at its time and goes on where it was', async () => {
  const startsAt = '2026-04-01T08:00:00.000Z'
  const clock = () => '2026-03-30T08:00:00.000Z'
  const plan = { broadcastId: 'b1', name: 'April', segment: 'dach', email: 'news', at: startsAt }
  const broadcast = { ...plan, createdAt: clock(), by: 'Sam', startsAt }
  const scheduled = { ...broadcast, status: 'scheduled' as const, version: 2 }
  const timers = await rebuilt('audience', clock, { type: 'broadcast', broadcast: scheduled })
  expect([...timers.items]).toEqual([
    ['broadcast:b1:2', { at: startsAt, message: { type: 'begin-broadcast', broadcastId: 'b1', version: 2 } }],
  ])
  const part = {
    ...{ broadcastId: 'b1', kind: 'dispatch' as const, lane: 0, seq: 4, isDone: false, version: 4 },
    ...{ until: startsAt, state: { dues: [startsAt], due: 0, lane: 0 } },
  }
  const message = { type: 'broadcast', broadcastId: 'b1', kind: 'dispatch', lane: 0 }
  const waits = await rebuilt('audience', clock, { type: 'broadcast-part', part })
  expect([...waits.items.values()]).toEqual([{ at: startsAt, message: { ...message, seq: 4 } }])
  const { until: _, ...open } = part
  const done = await rebuilt('audience', clock, { type: 'broadcast-part', part: { ...open, isDone: true } })
  expect([...done.items.values()]).toMatchObject([{ message: { ...message, seq: 3 } }])
  const sent = { ...broadcast, status: 'sent' as const, version: 4 }
  expect((await rebuilt('audience', clock, { type: 'broadcast', broadcast: sent })).items.size).toBe(0)
})
