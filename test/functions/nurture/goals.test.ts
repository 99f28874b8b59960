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

const sequence = (id: string, goal: string): Sequence => ({
  id,
  version: '1',
  enter: { activity: 'trial.started' },
  goal,
  reenter: 'never',
  program: [
    { type: 'wait', for: days(7) },
    { type: 'email', email: 'offer' },
  ],
})
const sequences = {
  prompt: sequence('prompt', 'did("demo.requested") && lead.country == "DE"'),
  clicks: sequence('clicks', 'did("demo.requested") && clicked("welcome")'),
  staged: sequence('staged', 'stageAtLeast("consideration") && did("demo.requested")'),
  scored: sequence('scored', 'score >= 10 && did("demo.requested")'),
  undone: sequence('undone', 'did("demo.requested") && !did("trial.ended")'),
}
const playbook = makePlaybook({ sequences })
const rules = compileRules(playbook)
const started = fact('start', 'trial.started', '01-05T09:00')
const german = fact('profile', 'profile.updated', '01-05T08:00', { fields: { country: 'DE' } })
const demo = fact('demo', 'demo.requested', '01-06T09:00')
const sentBack = [
  { ...german, email: 'anna@example.com' },
  fact('yes', 'consent.granted', '01-04T08:00', { purpose: 'newsletter' }),
  fact('first', 'demo.requested', '01-04T09:00'),
  fact('quote', 'quote.requested', '01-05T08:10'),
  fact('no', 'handoff.rejected', '01-05T08:20', { reason: 'not-now' }),
  started,
]
const start = '2026-01-05T09:00:01.000Z'
const then = '2026-01-06T09:00:01.000Z'

const entered = async (facts: readonly Fact[] = [german, started]) => {
  const world = nurtureWorld(facts, start, playbook)
  const nurture = makeNurtureLead(world.ports)
  const deliver = async (take = nurture): Promise<void> => {
    const state = foldLead(world.log, rules)
    for (const one of state ? decide({ leadId }, undefined, state) : [])
      if (one.type === 'ActivityRecorded') await take(busEvent(one))
  }
  await deliver()
  const run = (id: string) => world.runs.items.get(`${leadId} ${id}`)
  return { ...world, nurture, deliver, run }
}

describe('a goal that is reached during a wait', () => {
  test('counts then, and the wait is over for good', async () => {
    const world = await entered()
    expect(world.run('prompt')?.status.type).toBe('waiting')
    world.log.push(demo)
    world.times.now = then
    await world.deliver()
    await world.deliver()
    expect(world.run('prompt')).toMatchObject({
      status: { type: 'goal', at: then },
      leftAlarms: [`${leadId}:prompt:1:0`],
    })
    const told = [...world.published.values()].filter(({ type }) => type === 'SequenceExited')
    expect(told).toMatchObject([{ data: { sequence: 'prompt', outcome: 'goal' } }])
    const timers = [...world.timers.items.values()].filter(({ message }) => message.sequence === 'prompt')
    for (const { at, message } of timers) {
      world.times.now = at
      await world.nurture(message)
    }
    expect(world.emails()).toEqual([])
  })

  test.each(['clicks', 'staged', 'scored', 'undone'])(
    'of %s waits for the end of it: it may not stand',
    async (id) => {
      const world = await entered()
      world.log.push(demo, fact('click', 'email.clicked', '01-06T08:00', { email: 'welcome' }))
      world.times.now = then
      await world.deliver()
      expect(world.run(id)?.status.type).toBe('waiting')
    },
  )

  test('does not count where all of it is not reached', async () => {
    const world = await entered([started])
    world.log.push(demo)
    world.times.now = then
    await world.deliver()
    expect(world.run('prompt')?.status.type).toBe('waiting')
  })

  test('counts for a lead that was sent back once it is reached anew', async () => {
    const world = await entered(sentBack)
    world.log.push(fact('seen', 'webinar.attended', '01-06T08:00'))
    world.times.now = then
    await world.deliver()
    await world.deliver()
    expect(world.run('prompt')?.status.type).toBe('waiting')
    world.log.push(demo)
    await world.deliver()
    expect(world.run('prompt')?.status).toEqual({ type: 'goal', at: then })
  })

  test('before a lead was sent back does not end what it enters afterwards', async () => {
    const world = await entered(sentBack)
    const [timer] = [...world.timers.items.values()].filter(({ message }) => message.sequence === 'prompt')
    world.times.now = timer?.at ?? ''
    await world.nurture(timer?.message)
    expect(world.run('prompt')?.status.type).toBe('completed')
    expect(world.emails()).toEqual(['offer'])
  })

  test('ends a run that is held', async () => {
    const world = await entered()
    await world.sequences.commit('prompt', { paused: { since: start }, version: 0 })
    world.times.now = '2026-01-12T09:00:01.000Z'
    const tick = [...world.timers.items.values()].find(({ message }) => message.sequence === 'prompt')
    await world.nurture(tick?.message)
    expect(world.run('prompt')?.status.type).toBe('held')
    world.log.push(fact('late', 'demo.requested', '01-12T10:00'))
    await world.deliver()
    expect(world.run('prompt')?.status.type).toBe('goal')
  })

  test('counts once wherever the process dies', async () => {
    for (const done of [false, true])
      for (let call = 0; call < 12; call += 1) {
        const world = await entered()
        const wrap = crashAt({ call, done })
        const dying = makeNurtureLead({
          ...world.ports,
          runs: wrap(world.ports.runs),
          leads: wrap(world.ports.leads),
          bus: wrap(world.ports.bus),
        })
        world.log.push(demo)
        world.times.now = then
        await world.deliver(async (message) =>
          dying(message).catch(async (error: unknown) => {
            expect(error).toBeInstanceOf(Crash)
            await world.nurture(message)
          }),
        )
        expect(world.run('prompt')?.status).toEqual({ type: 'goal', at: then })
        expect(world.run('prompt')?.outbox).toEqual([])
      }
  })
})
