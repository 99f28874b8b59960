import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import { compareFacts, parseLeadId } from '../../../domain/model/activity.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import type { Run } from '../../../domain/sequence/run.ts'
import { memoryPlaybooks } from '../../../functions/adapters/memory-playbooks.ts'
import { makeNurtureLead } from '../../../functions/nurture/nurture-lead.ts'
import { dataOf } from '../../domain/support/decided-data.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { runs } from '../../support/runs.ts'
import { Crash, crashAt } from '../fakes/crash-at.ts'
import { email, interest, nurtureWorld, playbook } from './nurture-world.ts'

const german = fact('profile', 'profile.updated', '01-05T08:00', { fields: { language: 'de' } })
const subscribed = fact('signup', 'newsletter.subscribed', '01-05T09:00')
const quoted = fact('quote', 'quote.requested', '01-06T09:00')
const start = '2026-01-05T09:00:01.000Z'
const elsewhere = parseLeadId('lead-0002') ?? leadId
const runId = `${leadId}:interest:1`

const tickOf = (world: ReturnType<typeof nurtureWorld>) => {
  const [timer] = world.timers.items.values()
  if (!timer) throw new Error('no alarm is set')
  return timer
}

describe('a lead that reaches a stage', () => {
  test('enters, is sent the first email, and is woken later', async () => {
    const world = nurtureWorld([german, subscribed], start)
    await makeNurtureLead(world.ports)(world.stageEvent('interest'))
    expect(world.emails()).toEqual(['welcome'])
    expect(world.timers.items.get(`${runId}:2`)).toEqual({
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

  test('that no longer stands by then is left alone', async () => {
    const world = nurtureWorld([german, subscribed], start)
    const event = world.stageEvent('interest')
    world.log.push(fact('void', 'activity.voided', '01-05T10:00', { activityId: 'signup' }))
    await makeNurtureLead(world.ports)(event)
    expect([world.published.size, world.runs.items.size]).toEqual([0, 0])
  })

  test('that stands by another fact since is judged as of that one', async () => {
    const world = nurtureWorld([subscribed], start)
    const event = world.stageEvent('interest')
    const again = fact('again', 'newsletter.subscribed', '01-07T09:00')
    world.log.push(german, again, fact('void', 'activity.voided', '01-05T10:00', { activityId: 'signup' }))
    world.log.sort(compareFacts)
    world.times.now = '2026-01-07T09:00:01.000Z'
    await makeNurtureLead(world.ports)(event)
    expect(world.emails()).toEqual(['welcome'])
  })

  test('that was merged into another is left alone', async () => {
    const world = nurtureWorld([german, subscribed], start)
    world.lead.mergedInto = elsewhere
    await makeNurtureLead(world.ports)(world.stageEvent('interest'))
    expect(world.published.size).toBe(0)
  })

  test('by new rules, not by anything new, enters nothing', async () => {
    const world = nurtureWorld([german, subscribed], start)
    const event = world.stageEvent('interest')
    const data = { ...event.detail.data, rescored: 'r2' }
    await makeNurtureLead(world.ports)({ ...event, detail: { ...event.detail, data } })
    expect(world.published.size).toBe(0)
  })

  test('whose history was joined to an address later is judged as of then', async () => {
    const longAgo = fact('read', 'newsletter.subscribed', '01-01T09:00')
    const named = {
      ...fact('profile', 'profile.updated', '01-20T08:00', { fields: { language: 'de' } }),
      email,
    }
    const world = nurtureWorld([longAgo, named], '2026-01-20T08:00:01.000Z')
    await makeNurtureLead(world.ports)(world.stageEvent('interest'))
    expect(world.emails()).toEqual([])
    world.lead.members = [elsewhere]
    await makeNurtureLead(world.ports)(world.stageEvent('interest'))
    expect(world.emails()).toEqual(['welcome'])
  })

  test.each([
    ['an address of their own', 'else@example.com', []],
    ['none', undefined, ['welcome']],
  ] as const)('has had the sequence as somebody with %s', async (_name, address, emails) => {
    const world = nurtureWorld([german, subscribed], start)
    world.lead.members = [elsewhere]
    world.others.set(elsewhere, address)
    const had: Run = {
      runId: `${elsewhere}:interest:1`,
      leadId: elsewhere,
      sequence: 'interest',
      playbookVersion: 'v1',
      entryId: `${elsewhere}:stage:interest:1`,
      enteredAt: '2026-01-02T09:00:00.000Z',
      step: 2,
      status: { type: 'waiting', until: '2026-01-09T09:00:00.000Z' },
      version: 0,
      outbox: [],
    }
    await world.runs.commit(had)
    await makeNurtureLead(world.ports)(world.stageEvent('interest'))
    expect(world.emails()).toEqual(emails)
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
    expect(world.published.get(`${runId}:ended`)).toMatchObject({ data: { outcome: 'exit' } })
  })

  test('ends with the goal', async () => {
    const { world, nurture, tick } = await waiting()
    world.log.push(fact('webinar', 'webinar.attended', '01-06T10:00'))
    await nurture(tick)
    expect(world.published.get(`${runId}:ended`)).toMatchObject({ data: { outcome: 'goal' } })
  })

  test('ends where the stage that it began with was taken back', async () => {
    const { world, nurture, tick } = await waiting()
    world.log.push(fact('void', 'activity.voided', '01-06T10:00', { activityId: 'signup' }))
    await nurture(tick)
    await nurture(tick)
    expect(world.emails()).toEqual(['welcome'])
    expect(world.published.get(`${runId}:ended`)).toMatchObject({ data: { outcome: 'exit' } })
    expect(world.runs.items.get(`${leadId} interest`)?.status).toMatchObject({ because: 'withdrawn' })
  })

  test.each([
    [
      'goes on where new rules would not have taken the lead to where it began',
      [],
      'completed',
      ['welcome', 'reminder'],
    ],
    [
      'ends under new rules as under its own where that was taken back',
      [fact('void', 'activity.voided', '01-06T10:00', { activityId: 'signup' })],
      'exit',
      ['welcome'],
    ],
  ] as const)('%s', async (_name, news, outcome, emails) => {
    const { world, tick } = await waiting()
    world.log.push(...news)
    const stages = playbook.funnel.stages.map((stage) =>
      stage.id === 'interest' ? { ...stage, enter: 'did("webinar.attended")' } : stage,
    )
    const live = { ...playbook, version: 'v2', rulesVersion: 'r2', funnel: { stages } }
    const load: typeof world.ports.leads.load = async (id) => {
      const lead = await world.ports.leads.load(id)
      const state = foldLead(world.log, compileRules(live))
      return lead && state && { ...lead, state }
    }
    const leads = { ...world.ports.leads, load }
    await makeNurtureLead({ ...world.ports, leads, playbooks: memoryPlaybooks(live, playbook) })(tick)
    expect(world.emails()).toEqual(emails)
    const ended = world.published.get(`${runId}:ended`)
    expect(ended && dataOf(ended).outcome).toBe(outcome)
  })

  test('ends where the lead was merged into another', async () => {
    const { world, nurture, tick } = await waiting()
    world.lead.mergedInto = elsewhere
    await nurture(tick)
    expect(world.emails()).toEqual(['welcome'])
    expect(world.runs.items.get(`${leadId} interest`)?.status).toMatchObject({
      type: 'exited',
      because: 'merged',
    })
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
  const timers = { set: async () => Promise.reject(new Crash()) }
  await expect(makeNurtureLead({ ...world.ports, timers })(event)).rejects.toThrow(Crash)
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
  expect(() => makeNurtureLead(nurtureWorld([], start).ports)(body)).toThrow(/event|is not taken here/)
})

test('wherever the process dies, messages that come again lead to the same', async () => {
  const live = async (plans: readonly { readonly call: number; readonly done: boolean }[]) => {
    const world = nurtureWorld([german, subscribed], start)
    const left = [...plans]
    const deliver = async (message: unknown): Promise<void> => {
      const plan = left.shift()
      if (!plan) return makeNurtureLead(world.ports)(message)
      const dying = crashAt(plan)
      const { runs, timers, bus, leads, playbooks, sequences } = world.ports
      const ports = {
        ...world.ports,
        sequences: dying(sequences),
        runs: dying(runs),
        timers: dying(timers),
        bus: dying(bus),
        leads: dying(leads),
        playbooks: dying(playbooks),
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
      timers: [...world.timers.items],
      run: run && { step: run.step, status: run.status, outbox: run.outbox },
    }
  }
  const undisturbed = await live([])
  expect(undisturbed.decisions).toContain(`${runId}:ended`)
  expect(undisturbed.run?.outbox).toEqual([])
  const anyPlan = fc.record({ call: fc.integer({ min: 0, max: 16 }), done: fc.boolean() })
  await fc.assert(
    fc.asyncProperty(fc.array(anyPlan, { maxLength: 6 }), async (plans) => {
      expect(await live(plans)).toEqual(undisturbed)
    }),
    { numRuns: runs(300) },
  )
})
