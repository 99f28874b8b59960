import { describe, expect, test } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import type { Sequence } from '../../../domain/model/sequence.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { makeNurtureLead } from '../../../functions/nurture/nurture-lead.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { busEvent, nurtureWorld } from './nurture-world.ts'

const day = 86_400_000
const base = { version: '1', reenter: 'never' } as const
const sequences: Readonly<Record<string, Sequence>> = {
  trial: {
    ...base,
    id: 'trial',
    enter: { activity: 'trial.started' },
    program: [
      { type: 'wait-for', activity: 'trial.ended', timeout: 7 * day },
      { type: 'branch', if: 'did("trial.ended")', otherwise: 4 },
      { type: 'email', email: 'ended' },
      { type: 'enter', sequence: 'thanks' },
      { type: 'email', email: 'last' },
    ],
  },
  thanks: {
    ...base,
    id: 'thanks',
    enter: { when: 'band == "hot"' },
    program: [{ type: 'email', email: 'thanks' }],
  },
  intent: {
    ...base,
    id: 'intent',
    enter: { stage: 'intent' },
    program: [
      { type: 'wait', for: 3 * day },
      { type: 'email', email: 'offer' },
    ],
  },
  news: {
    ...base,
    id: 'news',
    enter: { activity: 'news.read' },
    program: [
      { type: 'wait', for: day },
      { type: 'email', email: 'letter' },
      { type: 'notify', team: 'dach', message: 'read the news' },
    ],
  },
}
const letter = { de: { subject: 's', preheader: '', kind: 'marketing', html: '' } } as const
const playbook = makePlaybook({ sequences, emails: { letter } })
const rules = compileRules(playbook)

const started = fact('start', 'trial.started', '01-05T09:00')
const ended = fact('end', 'trial.ended', '01-07T09:00')
const start = '2026-01-05T09:00:01.000Z'

const live = (facts: readonly Fact[], now = start) => {
  const world = nurtureWorld(facts, now, playbook)
  const nurture = makeNurtureLead(world.ports)
  /** Everything that the log tells now, and what the runs told. */
  const deliver = async (): Promise<void> => {
    const state = foldLead(world.log, rules)
    const told = state ? decide({ leadId }, undefined, state) : []
    const followed = ['StageAdvanced', 'ActivityRecorded', 'SequenceTriggered']
    for (const one of told.filter(({ type }) => followed.includes(type))) await nurture(busEvent(one))
    for (const one of [...world.published.values()].filter(({ type }) => type === 'SequenceTriggered'))
      await nurture(busEvent(one))
  }
  const timer = async (): Promise<void> => {
    const timer = world.timers.take()
    if (!timer) throw new Error('nothing waits')
    world.times.now = timer.at
    await nurture(timer.message)
  }
  const run = (sequence: string) => world.runs.items.get(`${leadId} ${sequence}`)
  return { ...world, nurture, deliver, timer, run }
}

describe('a sequence that begins with an activity', () => {
  test('is entered once, however often it is told', async () => {
    const world = live([started])
    await world.deliver()
    await world.deliver()
    expect(world.run('trial')).toMatchObject({ step: 0, version: 1, status: { for: 'trial.ended' } })
  })

  test('goes on with the one it waits for, and leads on', async () => {
    const world = live([started])
    await world.deliver()
    world.log.push(ended)
    world.times.now = '2026-01-07T09:00:01.000Z'
    await world.deliver()
    expect(world.run('trial')?.status.type).toBe('completed')
    await world.deliver()
    expect(world.emails()).toEqual(['ended', 'last', 'thanks'])
  })

  test('goes on when the time is up', async () => {
    const world = live([started])
    await world.deliver()
    await world.timer()
    expect(world.emails()).toEqual(['last'])
  })

  test('goes on though the same has happened again since', async () => {
    const world = live([started])
    await world.deliver()
    world.log.push(fact('start-2', 'trial.started', '01-06T09:00'))
    await world.timer()
    expect(world.emails()).toEqual(['last'])
  })

  test.each([[[]], [[fact('start-2', 'trial.started', '01-06T09:00')]]])(
    'ends once that was taken back',
    async (since) => {
      const world = live([started])
      await world.deliver()
      world.log.push(...since, fact('void', 'activity.voided', '01-06T10:00', { activityId: 'start' }))
      await world.timer()
      expect(world.run('trial')?.status).toMatchObject({ type: 'exited', because: 'withdrawn' })
    },
  )
})

test('a run of a stage that sales sent the lead back from ends', async () => {
  const facts = [
    fact('consent', 'consent.granted', '01-05T07:00', { purpose: 'news' }),
    {
      ...fact('profile', 'profile.updated', '01-05T08:00', { fields: { country: 'DE' } }),
      email: 'a@b.example',
    },
    fact('quote', 'quote.requested', '01-05T09:00'),
    fact('demo', 'demo.requested', '01-05T09:00'),
  ]
  const world = live(facts)
  await world.deliver()
  world.log.push(fact('no', 'handoff.rejected', '01-06T09:00', { reason: 'not-now' }))
  await world.timer()
  expect(world.run('intent')?.status).toMatchObject({ type: 'exited', because: 'recycled' })
  expect(world.emails()).not.toContain('offer')
})

test('a run that sends marketing mail ends once all consent is withdrawn', async () => {
  const granted = fact('c', 'consent.granted', '01-05T08:00', { purpose: 'news' })
  const world = live([granted, fact('read', 'news.read', '01-05T09:00')])
  await world.deliver()
  world.log.push(fact('w', 'consent.withdrawn', '01-05T10:00', { purpose: 'news' }))
  await world.timer()
  expect(world.run('news')?.status).toMatchObject({ type: 'exited', because: 'consent-withdrawn' })
})

describe('a paused sequence', () => {
  const paused = { paused: { since: start }, version: 0 }

  test('holds a run, and lets it go once resumed', async () => {
    const world = live([fact('read', 'news.read', '01-05T09:00')])
    await world.deliver()
    await world.sequences.commit('news', paused)
    await world.timer()
    expect(world.run('news')?.status.type).toBe('held')
    const release = { type: 'run', leadId, sequence: 'news', work: { type: 'release' } }
    await world.nurture(release)
    expect(world.run('news')?.status.type).toBe('held')
    const resumed = { pausedAt: start, at: world.times.now, due: 'send' } as const
    await world.sequences.commit('news', { resumed, version: 1 })
    await world.nurture({
      type: 'sweep',
      id: 'x',
      sequence: 'news',
      status: 'held',
      work: { type: 'release' },
    })
    expect(world.told).toEqual([release])
    for (const message of [release, release]) await world.nurture(message)
    expect(world.emails()).toEqual(['letter', 'notify'])
  })

  test('lets go by itself what was held while it was being resumed', async () => {
    const world = live([fact('read', 'news.read', '01-05T09:00')])
    await world.deliver()
    await world.sequences.commit('news', paused)
    const tick = [...world.timers.items.values()][0]
    await world.timer()
    await world.sequences.commit('news', { resumed: { pausedAt: start, at: start, due: 'send' }, version: 1 })
    await world.nurture(tick?.message)
    expect(world.told).toMatchObject([{ type: 'run', work: { type: 'release' } }])
  })
})
