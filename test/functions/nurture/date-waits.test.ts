import { expect, test } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import type { Sequence } from '../../../domain/model/sequence.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { makeNurtureLead } from '../../../functions/nurture/nurture-lead.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { Crash, crashAt } from '../fakes/crash-at.ts'
import { busEvent, nurtureWorld } from './nurture-world.ts'

const renewal: Sequence = {
  id: 'renewal',
  version: '1',
  enter: { activity: 'deal.won' },
  reenter: 'always',
  program: [
    { type: 'wait-date', attribute: 'renewsAt', days: -60, time: '09:00' },
    { type: 'email', email: 'renewal' },
  ],
}
const playbook = makePlaybook({ sequences: { renewal } })
const rules = compileRules(playbook)
const won = fact('won', 'deal.won', '01-05T09:00', { renewsAt: '2026-06-30' })
const renewed = (id: string, at: string, renewsAt: string) =>
  fact(id, 'profile.updated', at, { fields: { renewsAt } })

const live = (plan?: { readonly call: number; readonly done: boolean }) => {
  const world = nurtureWorld([], '2026-01-05T09:00:01.000Z', playbook)
  const nurture = makeNurtureLead(world.ports)
  const wrap = plan && crashAt(plan)
  /** Activities that nurture was told of. */
  const taken: unknown[] = []
  const { ports } = world
  const dying =
    wrap &&
    makeNurtureLead({
      ...ports,
      runs: wrap(ports.runs),
      timers: wrap(ports.timers),
      bus: wrap(ports.bus),
      leads: wrap(ports.leads),
    })
  /** Comes again once the process that took it has died. */
  const take = async (message: unknown): Promise<void> => {
    if (!dying) return nurture(message)
    await dying(message).catch(async (error: unknown) => {
      expect(error).toBeInstanceOf(Crash)
      await nurture(message)
    })
  }
  const happens = async (one: Fact): Promise<void> => {
    const before = foldLead(world.log, rules)
    world.log.push(one)
    world.times.now = one.occurredAt.replace('00.000Z', '01.000Z')
    const state = foldLead(world.log, rules)
    const told = state ? decide({ leadId }, before, state) : []
    for (const decision of told.filter((one) => one.type === 'ActivityRecorded')) {
      taken.push(decision.data.activity)
      await take(busEvent(decision))
    }
  }
  const timer = async (): Promise<void> => {
    const timer = world.timers.take()
    if (!timer) throw new Error('nothing waits')
    world.times.now = timer.at
    await take(timer.message)
  }
  const run = () => world.runs.items.get(`${leadId} renewal`)
  return { ...world, happens, timer, run, taken }
}

test('a date that is moved while its run waits moves the wait, to later and to earlier', async () => {
  const world = live()
  await world.happens(won)
  expect(world.run()?.status).toMatchObject({ until: '2026-05-01T07:00:00.000Z' })
  await world.happens(renewed('a', '02-01T09:00', '2027-06-30'))
  expect(world.run()?.status).toMatchObject({ until: '2027-05-01T07:00:00.000Z' })
  await world.happens(renewed('b', '02-02T09:00', '2026-04-30'))
  expect(world.run()?.status).toMatchObject({ until: '2026-03-01T08:00:00.000Z' })
  await world.timer()
  expect(world.emails()).toEqual(['renewal'])
  // The timers of the other dates go off all the same.
  await world.timer()
  await world.timer()
  expect([world.emails(), world.timers.items.size]).toEqual([['renewal'], 0])
})

test('a win that renews moves the wait of the run before it: there is still one', async () => {
  const world = live()
  await world.happens(won)
  await world.happens(fact('won-2', 'deal.won', '03-01T09:00', { renewsAt: '2027-06-30' }))
  expect(world.run()).toMatchObject({
    runId: `${leadId}:renewal:1`,
    status: { until: '2027-05-01T07:00:00.000Z' },
  })
})

test('a win that is edited moves the date, and neither ends the run nor begins another', async () => {
  const world = live()
  const deal = { dealId: '42', renewsAt: '2026-06-30' }
  await world.happens(fact('won', 'deal.won', '01-05T09:00', deal))
  await world.happens(fact('edit', 'deal.won', '02-01T09:00', { ...deal, renewsAt: '2027-06-30' }))
  expect(world.run()).toMatchObject({
    runId: `${leadId}:renewal:1`,
    status: { type: 'waiting', until: '2027-05-01T07:00:00.000Z' },
  })
  await world.timer()
  await world.timer()
  await world.happens(fact('title', 'deal.won', '05-20T09:00', { dealId: '42' }))
  expect([world.emails(), world.taken]).toEqual([['renewal'], ['deal.won', 'date.corrected']])
  expect(world.run()?.status.type).toBe('completed')
})

test('a profile without the date is not told of, and changes nothing', async () => {
  const world = live()
  await world.happens(won)
  const before = world.run()
  await world.happens(fact('p', 'profile.updated', '02-01T09:00', { fields: { role: 'energy' } }))
  expect(world.run()).toEqual(before)
  expect(world.taken).toEqual(['deal.won'])
  await world.happens(renewed('a', '02-03T09:00', '2027-06-30'))
  expect(world.taken).toEqual(['deal.won', 'profile.updated'])
})

test('wherever the process dies, messages that come again lead to the same', async () => {
  const story = async (plan?: { readonly call: number; readonly done: boolean }) => {
    const world = live(plan)
    await world.happens(won)
    await world.happens(renewed('a', '02-01T09:00', '2026-07-31'))
    await world.happens(renewed('b', '02-02T09:00', '2026-04-30'))
    while (world.timers.items.size > 0) await world.timer()
    const { step, status, outbox } = world.run() ?? {}
    return { step, status, outbox, emails: world.emails(), told: [...world.published.keys()].sort() }
  }
  const undisturbed = await story()
  expect(undisturbed).toMatchObject({ emails: ['renewal'], outbox: [], status: { type: 'completed' } })
  for (const done of [false, true])
    for (let call = 0; call < 30; call += 1) expect(await story({ call, done })).toEqual(undisturbed)
})
