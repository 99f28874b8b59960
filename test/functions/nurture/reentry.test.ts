import { describe, expect, test } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Sequence } from '../../../domain/model/sequence.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { splitWay } from '../../../domain/step/split.ts'
import { makeNurtureLead } from '../../../functions/nurture/nurture-lead.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { days, makePlaybook } from '../../domain/support/make-playbook.ts'
import { Crash, crashAt } from '../fakes/crash-at.ts'
import { busEvent, nurtureWorld } from './nurture-world.ts'

const trial = (reenter: Sequence['reenter']): Sequence => ({
  id: 'trial',
  version: '1',
  enter: { activity: 'trial.started' },
  reenter,
  program: [
    {
      type: 'split',
      name: 'subject',
      ways: [
        { id: 'a', goto: 1 },
        { id: 'b', goto: 3 },
      ],
    },
    { type: 'email', email: 'offer-a' },
    { type: 'jump', goto: 4 },
    { type: 'email', email: 'offer-b' },
    { type: 'wait', for: days(1) },
  ],
})

const live = (reenter: Sequence['reenter']) => {
  const playbook = makePlaybook({ sequences: { trial: trial(reenter) } })
  const rules = compileRules(playbook)
  const world = nurtureWorld([], '2026-01-01T00:00:00.000Z', playbook)
  const nurture = makeNurtureLead(world.ports)
  const told = () => {
    const state = foldLead(world.log, rules)
    const decisions = state ? decide({ leadId }, undefined, state) : []
    return decisions.filter(({ type }) => type === 'ActivityRecorded')
  }
  /** @param at `2026-MM-DD`: the trial starts at nine, and whatever is due by then goes off before. */
  const start = async (at: string, take = nurture): Promise<void> => {
    const now = `${at}T09:00:00.000Z`
    while ((world.timers.nextAt() ?? now) < now) {
      const timer = world.timers.take()
      world.times.now = timer?.at ?? now
      await nurture(timer?.message)
    }
    world.times.now = `${at}T09:00:01.000Z`
    world.log.push(fact(`start-${at}`, 'trial.started', now))
    for (const one of told()) await take(busEvent(one))
  }
  const run = () => world.runs.items.get(`${leadId} trial`)
  return { ...world, nurture, told, start, run }
}

describe('re-entry after 90 days', () => {
  test('is refused the moment before, and granted then', async () => {
    const world = live(days(90))
    await world.start('2026-01-05')
    await world.start('2026-04-04')
    expect(world.run()?.runId).toBe(`${leadId}:trial:1`)
    await world.start('2026-04-05')
    expect(world.run()).toMatchObject({ runId: `${leadId}:trial:2`, enteredAt: '2026-04-05T09:00:01.000Z' })
    // Counted from the latest entry, not from the first.
    await world.start('2026-06-30')
    expect(world.run()?.runId).toBe(`${leadId}:trial:2`)
    expect(world.emails()).toHaveLength(2)
  })

  test('is refused while the lead is still in it, and where it says never', async () => {
    const world = live('always')
    await world.start('2026-01-05')
    world.times.now = '2026-01-05T10:00:00.000Z'
    world.log.push(fact('again', 'trial.started', '01-05T10:00'))
    for (const one of world.told()) await world.nurture(busEvent(one))
    expect(world.run()?.runId).toBe(`${leadId}:trial:1`)
    const never = live('never')
    await never.start('2026-01-05')
    await never.start('2027-01-05')
    expect(never.run()?.runId).toBe(`${leadId}:trial:1`)
  })
})

describe('the way of a split', () => {
  test('is one for all of a run, however often and wherever its process dies', async () => {
    const whole = live('always')
    await whole.start('2026-01-05')
    const { ways } = whole.run() ?? {}
    for (const done of [false, true])
      for (let call = 0; call < 10; call += 1) {
        const world = live('always')
        const wrap = crashAt({ call, done })
        const dying = makeNurtureLead({
          ...world.ports,
          runs: wrap(world.ports.runs),
          bus: wrap(world.ports.bus),
          timers: wrap(world.ports.timers),
        })
        await world.start('2026-01-05', async (message) =>
          dying(message).catch(async (error: unknown) => {
            expect(error).toBeInstanceOf(Crash)
            await world.nurture(message)
            await world.nurture(message)
          }),
        )
        expect(world.run()?.ways).toEqual(ways)
        expect(world.emails()).toEqual(whole.emails())
      }
  })

  test('is drawn anew by a run that begins anew', async () => {
    const world = live(days(90))
    const seen: string[] = []
    for (const at of ['2026-01-05', '2026-04-06', '2026-07-06', '2026-10-05', '2027-01-05', '2027-04-06']) {
      await world.start(at)
      const { runId, ways } = world.run() ?? {}
      expect(runId).toBe(`${leadId}:trial:${seen.length + 1}`)
      expect(ways).toEqual({ subject: ['a', 'b'][splitWay(runId ?? '', 'subject', [{}, {}])] })
      seen.push(String(ways?.subject))
    }
    expect(new Set(seen)).toEqual(new Set(['a', 'b']))
  })
})
