import { describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { LeadId } from '../../../domain/model/activity.ts'
import { Transient } from '../../../functions/ports.ts'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { Crash, crashAt } from '../fakes/crash-at.ts'
import { activityOfAnna, recordWorld, rules } from './record-world.ts'

let leadTimers = 0
const fire = (leadId: string, at?: string) => ({
  messageId: `wake-${++leadTimers}`,
  body: { type: 'wake', leadId, ...(at !== undefined && { at }) },
})

/** Thirty points, that halve in thirty days; `warm` begins at thirty. */
const demo = activityOfAnna('d', 'demo.requested', 1)
const quote = activityOfAnna('q', 'quote.requested', 2)

const world = () => {
  const made = recordWorld()
  made.times.now = '2026-03-02T09:30:00.000Z'
  return made
}

type World = ReturnType<typeof world>

const goOff = async (made: World): Promise<LeadId> => {
  const timer = made.timers.take()
  if (!timer) throw new Error('no alarm is set')
  made.times.now = timer.at
  const { leadId } = made.lead()
  expect(timer.message).toEqual({ type: 'wake', leadId, at: timer.at })
  expect(await made.record([fire(leadId, timer.at)])).toEqual(new Map())
  return leadId
}

const scored = ({ bus }: World) => bus.published.filter(({ type }) => type === 'LeadScored')

describe('a lead that cools', () => {
  test('is looked at when its band changes, and says so then', async () => {
    const made = world()
    await made.record([activityMessage(demo), activityMessage(quote)])
    const told = scored(made).length
    await goOff(made)
    expect(scored(made)).toHaveLength(told + 1)
    expect(scored(made).at(-1)?.data).toMatchObject({ because: 'faded' })
    const { leadId, state, outbox } = made.lead()
    expect(state).toEqual(foldLead(made.leads.log(leadId), rules, made.times.now))
    expect(outbox).toEqual([])
  })

  test('is looked at again and again until nothing is left to change, one alarm at a time', async () => {
    const made = world()
    await made.record([activityMessage(demo), activityMessage(quote)])
    const bands: unknown[] = []
    for (let round = 0; made.timers.items.size > 0; round += 1) {
      expect(made.timers.items.size).toBe(1)
      await goOff(made)
      bands.push(made.lead().state?.band.id)
      expect(round).toBeLessThan(20)
    }
    expect(bands.at(-1)).toBe('cold')
    expect(made.lead().wakeAt).toBeUndefined()
  })

  test('sets no other alarm while one stands that comes in time', async () => {
    const made = world()
    await made.record([activityMessage(demo), activityMessage(quote)])
    const { wakeAt } = made.lead()
    await made.record([activityMessage(activityOfAnna('q2', 'demo.requested', 2))])
    expect(made.timers.items.size).toBe(1)
    expect(made.lead().wakeAt).toBe(wakeAt)
  })

  test('woken too early changes nothing', async () => {
    const made = world()
    await made.record([activityMessage(demo), activityMessage(quote)])
    const before = made.lead()
    made.times.now = '2026-03-02T10:00:00.000Z'
    await made.record([fire(before.leadId)])
    expect(made.lead()).toEqual(before)
  })

  test('is woken again when its alarm comes before its time', async () => {
    const made = world()
    await made.record([activityMessage(demo), activityMessage(quote)])
    const { leadId, wakeAt } = made.lead()
    const [failure] = (await made.record([fire(leadId, wakeAt)])).values()
    expect(failure).toBeInstanceOf(Transient)
  })

  test('is not looked at for a moment that it no longer waits for', async () => {
    const made = world()
    await made.record([activityMessage(demo), activityMessage(quote)])
    const { leadId, wakeAt } = made.lead()
    await goOff(made)
    const before = made.lead()
    const told = made.bus.published.length
    made.times.now = '2026-12-31T00:00:00.000Z'
    expect(await made.record([fire(leadId, wakeAt)])).toEqual(new Map())
    expect(made.lead()).toEqual(before)
    expect(made.bus.published).toHaveLength(told)
  })

  test('has everything set again that it waits for when it is looked through', async () => {
    const made = world()
    await made.record([activityMessage(demo), activityMessage(quote)])
    const { leadId, wakeAt } = made.lead()
    made.timers.take()
    await made.record([fire(leadId)])
    expect([...made.timers.items.values()].map(({ at }) => at)).toEqual([wakeAt])
    expect(made.lead().owedWakes).toBeUndefined()
  })

  test('is not forgotten when the process dies before the commit, or after it', async () => {
    for (const done of [false, true]) {
      for (let call = 0; call < 12; call += 1) {
        const made = world()
        const wrap = crashAt({ call, done })
        const { ports } = made
        const dying = makeRecordActivities({
          ...ports,
          leads: { ...wrap(ports.leads), guess: ports.leads.guess },
          timers: wrap(ports.timers),
          bus: wrap(ports.bus),
        })
        const message = activityMessage(quote)
        const [failure] = (await dying([message])).values()
        if (failure !== undefined) expect(failure).toBeInstanceOf(Crash)
        await made.record([message])
        const { wakeAt } = made.lead()
        expect([...made.timers.items.values()].map(({ at }) => at)).toContain(wakeAt)
        expect(made.lead().owedWakes).toBeUndefined()
      }
    }
  })
})

test('a lead that cools is told of and waits for its next moment wherever the process dies over its timer', async () => {
  for (const done of [false, true]) {
    for (let call = 0; call < 12; call += 1) {
      const made = world()
      await made.record([activityMessage(demo), activityMessage(quote)])
      const told = scored(made).length
      const timer = made.timers.take()
      const { leadId } = made.lead()
      made.times.now = timer?.at ?? ''
      const wrap = crashAt({ call, done })
      const { ports } = made
      const dying = makeRecordActivities({
        ...ports,
        leads: { ...wrap(ports.leads), guess: ports.leads.guess },
        timers: wrap(ports.timers),
        bus: wrap(ports.bus),
      })
      await dying([fire(leadId, timer?.at)])
      await made.record([fire(leadId, timer?.at)])
      const { wakeAt, outbox, owedWakes } = made.lead()
      expect(new Set(scored(made).map(({ id }) => id)).size).toBe(told + 1)
      expect([...made.timers.items.values()].map(({ at }) => at)).toContain(wakeAt)
      expect([outbox, owedWakes]).toEqual([[], undefined])
    }
  }
})

describe('a click that is held back', () => {
  const click = {
    ...activityOfAnna('c', 'email.clicked', 2, {
      email: 'welcome',
      messageId: 'm1',
      link: 'https://a.example',
    }),
    occurredAt: '2026-03-02T09:29:59.500Z',
  }

  test('is looked at again a few seconds later, and counts then', async () => {
    const made = world()
    await made.record([activityMessage(demo)])
    await made.record([activityMessage(click)])
    const { leadId, state } = made.lead()
    expect(state?.emails.clicked).toEqual({})
    expect(made.delayed).toEqual([{ leadId, at: state?.heldUntil, seconds: 7 }])
    made.times.now = '2026-03-02T09:30:07.000Z'
    await made.record([fire(leadId, state?.heldUntil)])
    expect(made.lead().state?.emails.clicked).toHaveProperty('welcome')
    expect(made.lead().state).toEqual(foldLead(made.leads.log(leadId), rules, made.times.now))
  })

  test('that is a robot’s never counts', async () => {
    const made = world()
    const other = { ...click, id: 'c2', properties: { ...click.properties, link: 'https://b.example' } }
    await made.record([activityMessage(click)])
    await made.record([activityMessage(other)])
    made.times.now = '2026-03-02T09:31:00.000Z'
    await made.record([fire(made.lead().leadId)])
    expect(made.lead().state?.emails.clicked).toEqual({})
  })
})

test('a wake for nobody is nothing', async () => {
  const made = world()
  expect(await made.record([fire('lead-9999')])).toEqual(new Map())
  expect(made.leads.items.size).toBe(0)
})
