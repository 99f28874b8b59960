import { describe, expect, test } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import type { Sequence } from '../../../domain/model/sequence.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { makeNurtureLead } from '../../../functions/nurture/nurture-lead.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { days, makePlaybook } from '../../domain/support/make-playbook.ts'
import { Crash, crashAt } from '../fakes/crash-at.ts'
import { busEvent, nurtureWorld } from './nurture-world.ts'

const mail = { de: { subject: 's', preheader: '', kind: 'marketing', html: '' } } as const
const base = { version: '1', reenter: 'never' } as const
const sequences: Readonly<Record<string, Sequence>> = {
  interest: {
    ...base,
    id: 'interest',
    enter: { stage: 'interest' },
    program: [
      { type: 'email', email: 'welcome' },
      { type: 'wait', for: days(3) },
      { type: 'email', email: 'guide' },
    ],
  },
  again: {
    ...base,
    id: 'again',
    enter: { when: 'lead.segment == "nobody"' },
    program: [
      { type: 'email', email: 'sorry' },
      { type: 'wait', for: days(1) },
      { type: 'email', email: 'news' },
    ],
  },
  talk: {
    ...base,
    id: 'talk',
    enter: { activity: 'webinar.attended' },
    program: [{ type: 'email', email: 'slides' }],
  },
  customers: {
    ...base,
    id: 'customers',
    enter: { activity: 'deal.won' },
    program: [{ type: 'email', email: 'thanks' }],
  },
}
const given = makePlaybook()
const playbook = makePlaybook({
  sequences,
  emails: { welcome: mail, guide: mail, sorry: mail, news: mail, thanks: mail, slides: mail },
  handoff: {
    ...given.handoff,
    qualify: 'did("quote.requested")',
    require: [],
    reject: {
      'not-now': { type: 'recycle', stage: 'interest', pause: days(30), sequence: 'again' },
      'wrong-fit': { type: 'close' },
    },
  },
})
const rules = compileRules(playbook)

const signedUp = fact('a', 'newsletter.subscribed', '01-05T09:00')
const quoted = fact('q', 'quote.requested', '01-06T09:00')
const rejected = (reason: string, at = '01-12T09:00', id = 'r') =>
  fact(id, 'handoff.rejected', at, { reason })
const start = '2026-01-05T09:00:01.000Z'
const followed = ['StageAdvanced', 'ActivityRecorded', 'SequenceTriggered', 'LeadRecycled', 'LeadClosed']
const heard = [...followed, 'QualificationWithdrawn', 'DealWon', 'DealLost']

const live = (facts: readonly Fact[], now = start) => {
  const world = nurtureWorld(facts, now, playbook)
  const nurture = makeNurtureLead(world.ports)
  const told = () => {
    const state = foldLead(world.log, rules)
    return (state ? decide({ leadId }, undefined, state) : []).filter(({ type }) => heard.includes(type))
  }
  const deliver = async (take = nurture): Promise<void> => {
    for (const one of told()) await take(busEvent(one))
  }
  const happens = async (one: Fact): Promise<void> => {
    world.log.push(one)
    world.times.now = new Date(Date.parse(one.occurredAt) + 1000).toISOString()
    await deliver()
  }
  const timer = async (): Promise<void> => {
    const timer = world.timers.take()
    if (!timer) throw new Error('nothing waits')
    world.times.now = timer.at
    await nurture(timer.message)
  }
  const run = (sequence: string) => world.runs.items.get(`${leadId} ${sequence}`)
  return { ...world, work: world.told, nurture, told, deliver, happens, timer, run }
}

/** Signed up, then qualified a day later; the guide fell due while sales had the lead. */
const held = async () => {
  const world = live([signedUp])
  await world.deliver()
  await world.happens(quoted)
  await world.timer()
  expect(world.run('interest')?.status).toEqual({
    type: 'held',
    due: '2026-01-08T09:00:01.000Z',
    next: 2,
    salesSince: quoted.occurredAt,
  })
  expect(world.emails()).toEqual(['welcome'])
  return world
}

describe('a lead that sales has', () => {
  test('gets nothing more, and goes on when it is given back, later by as long', async () => {
    const world = await held()
    await world.happens(rejected('not-now'))
    // Six days with sales: due on the eighth, now on the fourteenth.
    expect(world.run('interest')?.status).toMatchObject({ until: '2026-01-14T09:00:01.000Z' })
    expect(world.emails()).toEqual(['welcome', 'sorry'])
    await world.timer()
    await world.timer()
    expect(world.emails()).toEqual(['welcome', 'sorry', 'news', 'guide'])
    expect(world.run('interest')?.status.type).toBe('completed')
  })

  test('enters no sequence with an email before that', async () => {
    const world = live([quoted], '2026-01-06T09:00:01.000Z')
    await world.deliver()
    await world.happens(fact('t', 'webinar.attended', '01-06T10:00'))
    expect(world.emails()).toEqual([])
    expect(world.run('talk')?.status).toMatchObject({ type: 'held', next: 0 })
    await world.happens(rejected('not-now', '01-07T09:00'))
    expect(world.run('talk')?.status).toMatchObject({ type: 'waiting', until: '2026-01-07T10:00:01.000Z' })
    await world.timer()
    expect(world.emails()).toEqual(['sorry', 'slides'])
  })

  test('has what began before by whatever arrives first', async () => {
    const world = live([signedUp, quoted], '2026-01-06T09:00:01.000Z')
    const stage = world.told().find(({ type, data }) => type === 'StageAdvanced' && data.to === 'interest')
    if (!stage) throw new Error('no stage')
    await world.nurture(busEvent(stage))
    expect(world.emails()).toEqual(['welcome'])
    await world.timer()
    expect(world.run('interest')?.status).toMatchObject({ type: 'held', next: 2 })
  })

  test('leaves what it was in once it is closed for good', async () => {
    const world = await held()
    await world.happens(rejected('wrong-fit'))
    expect(world.run('interest')?.status).toMatchObject({ type: 'exited', because: 'closed' })
  })

  test('leaves what it was in once a deal is won, and begins what is for customers', async () => {
    const world = await held()
    await world.happens(fact('w', 'deal.won', '01-12T09:00', { dealId: 'd1' }))
    expect(world.run('interest')?.status).toMatchObject({ type: 'exited', because: 'customer' })
    expect(world.emails()).toEqual(['welcome', 'thanks'])
  })

  test('goes on where what it qualified by is taken back', async () => {
    const world = await held()
    const before = foldLead(world.log, rules)
    world.log.push(fact('v', 'activity.voided', '01-12T09:00', { activityId: 'q' }))
    world.times.now = '2026-01-12T09:00:01.000Z'
    const after = foldLead(world.log, rules)
    if (!before || !after) throw new Error('no state')
    for (const one of decide({ leadId }, before, after))
      if (one.type === 'QualificationWithdrawn') await world.nurture(busEvent(one))
    expect(world.run('interest')?.status.type).toBe('waiting')
  })

  test('that waits for nothing else also ends at once when it is closed, its alarm forgotten', async () => {
    const world = live([signedUp])
    await world.deliver()
    await world.happens(quoted)
    await world.happens(rejected('wrong-fit', '01-07T09:00'))
    expect(world.run('interest')).toMatchObject({
      status: { type: 'exited', because: 'closed' },
      leftAlarms: [expect.any(String)],
    })
    await world.timer()
    expect(world.emails()).toEqual(['welcome'])
  })
})

describe('the sequence that a recycle names', () => {
  test('is entered again in each cycle, though it says never, and once in each', async () => {
    const world = await held()
    await world.happens(rejected('not-now'))
    await world.timer()
    await world.timer()
    expect(world.run('again')).toMatchObject({ runId: `${leadId}:again:1`, status: { type: 'completed' } })
    await world.deliver()
    await world.deliver()
    expect(world.run('again')?.runId).toBe(`${leadId}:again:1`)
    await world.happens(fact('q2', 'quote.requested', '03-01T09:00'))
    await world.happens(rejected('not-now', '03-05T09:00', 'r2'))
    expect(world.run('again')).toMatchObject({ runId: `${leadId}:again:2`, status: { type: 'waiting' } })
    expect(world.emails().filter((email) => email === 'sorry')).toHaveLength(2)
  })

  test('is not entered once the answer was taken back', async () => {
    const world = await held()
    world.log.push(rejected('not-now'))
    const told = world.told()
    world.log.push(fact('v', 'activity.voided', '01-12T10:00', { activityId: 'r' }))
    for (const one of told) await world.nurture(busEvent(one))
    expect(world.run('again')).toBeUndefined()
    expect(world.run('interest')?.status.type).toBe('held')
  })
})

describe('a process that dies', () => {
  test('wherever it does, the message comes again and ends in the same', async () => {
    const done = await held()
    await done.happens(rejected('not-now'))
    for (const after of [false, true]) {
      for (let call = 0; call < 24; call += 1) {
        const world = await held()
        const wrap = crashAt({ call, done: after })
        const { ports } = world
        const dying = makeNurtureLead({
          ...ports,
          runs: wrap(ports.runs),
          timers: wrap(ports.timers),
          bus: wrap(ports.bus),
          leads: wrap(ports.leads),
        })
        world.log.push(rejected('not-now'))
        world.times.now = '2026-01-12T09:00:01.000Z'
        for (const one of world.told())
          await dying(busEvent(one)).catch(async (error: unknown) => {
            expect(error).toBeInstanceOf(Crash)
            await world.nurture(busEvent(one))
          })
        expect(world.emails()).toEqual(done.emails())
        for (const sequence of ['interest', 'again'])
          expect(world.run(sequence)?.status).toEqual(done.run(sequence)?.status)
      }
    }
  })

  test('a run that is held while its lead is being given back is seen to all the same', async () => {
    const world = live([signedUp])
    await world.deliver()
    await world.happens(quoted)
    const timer = world.timers.take()
    world.times.now = timer?.at ?? ''
    const { load } = world.ports.leads
    let reads = 0
    const meanwhile = makeNurtureLead({
      ...world.ports,
      leads: {
        ...world.ports.leads,
        load: async (id) => {
          const lead = await load(id)
          // Given back between the moment at which the run is judged and the one at which it is held.
          if (reads++ === 0) world.log.push(rejected('wrong-fit', '01-07T09:00'))
          return lead
        },
      },
    })
    await meanwhile(timer?.message)
    expect(world.run('interest')?.status.type).toBe('held')
    const [message] = world.work
    expect(message).toEqual({ type: 'run', leadId, sequence: 'interest', work: { type: 'give-back' } })
    await world.nurture(message)
    expect(world.run('interest')?.status).toMatchObject({ type: 'exited', because: 'closed' })
  })
})
