import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { makeNurtureLead } from '../../../functions/nurture/nurture-lead.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { Crash, crashAt } from '../fakes/crash-at.ts'
import { interest, nurtureWorld } from './nurture-world.ts'

const german = fact('profile', 'profile.updated', '01-05T08:00', { fields: { language: 'de' } })
const subscribed = fact('signup', 'newsletter.subscribed', '01-05T09:00')
const quoted = fact('quote', 'quote.requested', '01-06T09:00')
const start = '2026-01-05T09:00:01.000Z'
const runId = `${leadId}:interest:1`

const tickOf = (world: ReturnType<typeof nurtureWorld>) => {
  const [alarm] = world.alarms.items.values()
  if (!alarm) throw new Error('no alarm is set')
  return alarm
}

describe('a lead that reaches a stage', () => {
  test('enters, is sent the first email, and is woken later', async () => {
    const world = nurtureWorld([german, subscribed], start)
    await makeNurtureLead(world.ports)(world.stageEvent('interest'))
    expect(world.emails()).toEqual(['welcome'])
    expect(world.alarms.items.get(`${runId}:2`)).toEqual({
      at: '2026-01-08T09:00:01.000Z',
      message: { type: 'tick', leadId, sequence: 'interest', runId, step: 2 },
    })
    expect(world.submitted.get(`${runId}:1:reached:set`)?.properties).toEqual({
      fields: { segment: 'nurtured' },
    })
    expect(world.runs.items.get(`${leadId} interest`)).toMatchObject({ step: 2, version: 1, outbox: [] })
    expect(world.logReads()).toBe(0)
  })

  test('is judged as of then, though later facts have arrived first', async () => {
    const world = nurtureWorld([german, subscribed, quoted], '2026-01-06T09:00:01.000Z')
    await makeNurtureLead(world.ports)(world.stageEvent('interest'))
    expect(world.emails()).toEqual(['welcome'])
    expect(world.logReads()).toBe(1)
  })

  test('that no sequence begins with costs nothing', async () => {
    const world = nurtureWorld([german, quoted], '2026-01-06T09:00:01.000Z')
    await makeNurtureLead(world.ports)(world.stageEvent('intent'))
    expect([world.published.size, world.runs.items.size]).toEqual([0, 0])
  })

  test('stays out where it is not in the audience', async () => {
    const world = nurtureWorld([subscribed], start)
    await makeNurtureLead(world.ports)(world.stageEvent('interest'))
    expect([world.published.size, world.runs.items.size]).toEqual([0, 0])
  })

  test('twice at once enters once', async () => {
    const world = nurtureWorld([german, subscribed], start)
    const nurture = makeNurtureLead(world.ports)
    const event = world.stageEvent('interest')
    await Promise.all([nurture(event), nurture(event), nurture(event)])
    expect(world.emails()).toEqual(['welcome'])
    expect(world.runs.items.get(`${leadId} interest`)).toMatchObject({ runId, version: 1 })
  })

  test('that has been erased is left alone', async () => {
    const world = nurtureWorld([german, subscribed], start)
    const event = world.stageEvent('interest')
    world.log.length = 0
    await makeNurtureLead(world.ports)(event)
    expect(world.published.size).toBe(0)
  })
})

describe('a wait that is over', () => {
  const waiting = async (given = undefined as ReturnType<typeof makePlaybook> | undefined) => {
    const world = nurtureWorld([german, subscribed], start, given)
    const nurture = makeNurtureLead(world.ports)
    await nurture(world.stageEvent('interest'))
    const { at, message } = tickOf(world)
    world.times.now = at
    return { world, nurture, tick: message }
  }

  test('goes on with what the lead has done since', async () => {
    const { world, nurture, tick } = await waiting()
    world.log.push(fact('click', 'email.clicked', '01-06T10:00', { email: 'welcome' }))
    await nurture(tick)
    expect(world.emails()).toEqual(['welcome', 'case-study', 'reminder'])
    expect([...world.published.values()].at(-1)).toMatchObject({
      type: 'SequenceExited',
      data: { outcome: 'completed' },
    })
  })

  test('ends with the exit', async () => {
    const { world, nurture, tick } = await waiting()
    world.log.push(quoted)
    await nurture(tick)
    expect(world.emails()).toEqual(['welcome'])
    expect(world.published.get(`${runId}:ended`)?.data.outcome).toBe('exit')
  })

  test('ends with the goal', async () => {
    const { world, nurture, tick } = await waiting()
    world.log.push(fact('webinar', 'webinar.attended', '01-06T10:00'))
    await nurture(tick)
    expect(world.published.get(`${runId}:ended`)?.data.outcome).toBe('goal')
  })

  test('counts once however often its alarm goes off', async () => {
    const { world, nurture, tick } = await waiting()
    await Promise.all([nurture(tick), nurture(tick)])
    await nurture(tick)
    expect(world.emails()).toEqual(['welcome', 'reminder'])
    expect(world.runs.items.get(`${leadId} interest`)?.version).toBe(2)
  })

  test('finishes in the version that it began with', async () => {
    const { world, tick } = await waiting()
    const { playbooks } = world.ports
    const changed = makePlaybook({ version: 'v2', sequences: { interest: { ...interest, program: [] } } })
    const next = { ...world.ports, playbooks: { ...playbooks, current: async () => changed } }
    await makeNurtureLead(next)(tick)
    expect(world.emails()).toEqual(['welcome', 'reminder'])
  })
})

test('an alarm that a crash has left unset until after its time is set a little ahead', async () => {
  const world = nurtureWorld([german, subscribed], start)
  const event = world.stageEvent('interest')
  const alarms = { set: async () => Promise.reject(new Crash()) }
  await expect(makeNurtureLead({ ...world.ports, alarms })(event)).rejects.toThrow(Crash)
  world.times.now = '2026-01-10T00:00:00.000Z'
  await makeNurtureLead(world.ports)(event)
  expect(tickOf(world)).toMatchObject({ at: '2026-01-10T00:00:05.000Z', message: { runId, step: 2 } })
})

test.each([
  ['nothing known', {}],
  ['a torn alarm', { type: 'tick', leadId, sequence: 'interest' }],
  [
    'another decision',
    { ...nurtureWorld([german, subscribed], start).stageEvent('interest'), 'detail-type': 'LeadScored' },
  ],
])('%s on the queue is thrown back', (_name, body) => {
  expect(() => makeNurtureLead(nurtureWorld([], start).ports)(body)).toThrow(/event/)
})

test('wherever the process dies, messages that come again lead to the same', async () => {
  const live = async (plans: readonly { readonly call: number; readonly done: boolean }[]) => {
    const world = nurtureWorld([german, subscribed], start)
    const left = [...plans]
    const deliver = async (message: unknown): Promise<void> => {
      const plan = left.shift()
      if (!plan) return makeNurtureLead(world.ports)(message)
      const dying = crashAt(plan)
      const { runs, alarms, bus, leads, playbooks, clock } = world.ports
      const ports = {
        runs: dying(runs),
        alarms: dying(alarms),
        bus: dying(bus),
        leads: dying(leads),
        playbooks: dying(playbooks),
        clock,
      }
      try {
        await makeNurtureLead(ports)(message)
      } catch (error) {
        if (!(error instanceof Crash)) throw error
        await deliver(message)
      }
    }
    await deliver(world.stageEvent('interest'))
    const { at, message } = tickOf(world)
    world.times.now = at
    await deliver(message)
    const run = world.runs.items.get(`${leadId} interest`)
    return {
      decisions: [...world.published.keys()].sort(),
      activities: [...world.submitted.keys()],
      alarms: [...world.alarms.items],
      run: run && { step: run.step, status: run.status, outbox: run.outbox },
    }
  }
  const undisturbed = await live([])
  expect(undisturbed.decisions).toContain(`${runId}:ended`)
  expect(undisturbed.run?.outbox).toEqual([])
  const anyPlan = fc.record({ call: fc.integer({ min: 0, max: 14 }), done: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(anyPlan, { maxLength: 6 }), async (plans) => {
      expect(await live(plans)).toEqual(undisturbed)
    }),
    { numRuns: 300 },
  )
})
