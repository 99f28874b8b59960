import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import { Conflict } from '../../../functions/ports.ts'
import { makeDescribeRescoring, makeRescoreLeads } from '../../../functions/rescore/rescore-leads.ts'
import { fact } from '../../domain/support/facts.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { runs } from '../../support/runs.ts'
import { Crash, crashAt } from '../fakes/crash-at.ts'
import { leadIdOf, newRules, now, oldPlaybook, rescoreWorld, viewed } from './rescore-world.ts'

type World = Awaited<ReturnType<typeof rescoreWorld>>

const expectAllDone = (world: World, count: number) => {
  for (let number = 1; number <= count; number += 1)
    expect(world.state(number)).toEqual(foldLead(world.leads.log(leadIdOf(number)), newRules, now))
  expect(world.jobs.job()).toMatchObject({
    rules: 'r2',
    finishedAt: expect.any(String),
    leads: count,
    done: count,
    changed: Math.floor(count / 3),
  })
}

describe('rules went live', () => {
  test('every lead is brought under them and counted once, though leads move in the list meanwhile', async () => {
    const world = await rescoreWorld(60)
    await world.handle(world.start)
    await world.drain()
    expectAllDone(world, 60)
    expect(world.publishedIds()).toEqual(
      world
        .implied()
        .map(({ id }) => id)
        .sort(),
    )
  })

  test('the figures are told of every lead, page by page', async () => {
    const world = await rescoreWorld(30)
    const told: (readonly string[])[] = []
    const leadsChanged = async (leadIds: readonly string[]) => void told.push(leadIds)
    const handle = makeRescoreLeads({ ...world.ports, figures: { leadsChanged } })
    await handle(world.start)
    for (let next = world.queue.shift(); next; next = world.queue.shift()) await handle(next.message)
    // Those who moved in the list meanwhile are met in a second round.
    expect(told.slice(0, 2).map(({ length }) => length)).toEqual([25, 5])
    expect(new Set(told.flat())).toEqual(new Set(world.leads.items.keys()))
  })

  test('all that follows is marked as rescored, and nobody is mailed', async () => {
    const world = await rescoreWorld(6)
    const submitted = fact('form', 'form.submitted', '03-31T12:00', {
      form: 'plain',
      fields: {},
      language: 'en',
    })
    await world.addLead(7, [submitted])
    const { newsletter } = oldPlaybook.forms
    if (!newsletter) throw new Error('no form')
    const forms = { ...oldPlaybook.forms, plain: { ...newsletter, id: 'plain' } }
    world.live.playbook = makePlaybook({ ...world.live.playbook, forms })
    await world.handle(world.start)
    await world.drain()
    expect(world.state(7)?.confirmations).toHaveLength(1)
    expect(new Set(world.bus.published.map(({ data }) => data.rescored))).toEqual(new Set(['r2']))
    expect(world.bus.published.map(({ type }) => type)).not.toContain('EmailRequested')
    expect(world.bus.published.map(({ type }) => type)).toContain('StageAdvanced')
  })

  test('a lead that will cool before anybody looks at it is shown to the recorder, which sets its alarm', async () => {
    const world = await rescoreWorld(1)
    const demo = (number: number) => [fact(`demo-${number}`, 'demo.requested', '03-31T09:00')]
    const cooling = await world.addLead(2, demo(2))
    const watched = await world.addLead(3, demo(3))
    const lead = world.leads.items.get(watched)
    if (!lead?.state) throw new Error('no lead')
    const timer = { wakeAt: '2026-04-01T00:00:01.000Z' }
    await world.ports.leads.commit({ ...lead, state: lead.state, ...timer }, 3)
    await world.handle(world.start)
    await world.drain()
    expect(world.woken).toEqual([[cooling, 5]])
    expect(world.leads.items.get(watched)?.wakeAt).toBe(timer.wakeAt)
  })

  test('the same news again starts nothing; other rules replace the job, and old ones may come back', async () => {
    const world = await rescoreWorld(3)
    await world.handle(world.start)
    await world.drain()
    const first = world.jobs.job()
    await world.handle(world.start)
    await world.drain()
    expect(world.jobs.job()).toEqual(first)

    world.live.playbook = oldPlaybook
    await world.handle({ type: 'start', rules: 'r1', tries: 0 })
    await world.drain()
    expect(world.jobs.job()).toMatchObject({
      rules: 'r1',
      done: 3,
      changed: 1,
      finishedAt: expect.any(String),
    })
    world.live.playbook = newRules.playbook
    await world.handle({ type: 'start', rules: 'r2', tries: 0 })
    await world.drain()
    expect(world.jobs.job()).toMatchObject({
      rules: 'r2',
      done: 3,
      changed: 1,
      finishedAt: expect.any(String),
    })
  })

  test('an empty table is done at once', async () => {
    const world = await rescoreWorld(0)
    await world.begin()
    expect(world.queue).toEqual([])
    expect(world.jobs.job()).toMatchObject({ leads: 0, done: 0, finishedAt: expect.any(String) })
  })

  test('rules that are not live here yet are looked for again, a quarter of an hour long', async () => {
    const world = await rescoreWorld(3)
    world.live.playbook = oldPlaybook
    await world.handle(world.start)
    expect(world.queue).toEqual([{ message: { type: 'start', rules: 'r2', tries: 1 }, delay: 60 }])
    await world.drain()
    expect(world.jobs.job()).toBeUndefined()
  })

  test('a job whose rules are live no longer stops and leaves the rest to the next one', async () => {
    const world = await rescoreWorld(60)
    await world.begin()
    const [page] = world.queue.splice(0)
    world.live.playbook = oldPlaybook
    await world.handle(page?.message)
    expect(world.jobs.job()).toMatchObject({ done: 0 })
    await world.handle({ type: 'start', rules: 'r1', tries: 0 })
    await world.drain()
    expect(world.jobs.job()).toMatchObject({
      rules: 'r1',
      done: 0,
      changed: 0,
      finishedAt: expect.any(String),
    })
  })
})

describe('who comes in meanwhile', () => {
  test('a lead that an activity rescored counts like any other; one that is new does not', async () => {
    const world = await rescoreWorld(6)
    const lead = world.leads.items.get(leadIdOf(3))
    const log = [...world.leads.log(leadIdOf(3)), fact('later', 'demo.requested', '03-31T09:00')]
    await world.leads.append(leadIdOf(3), log)
    const [state, fresh] = [foldLead(log, newRules, now), foldLead([viewed(9)], newRules, now)]
    if (!lead || !state || !fresh) throw new Error('no lead')
    await world.ports.leads.commit({ ...lead, state, rescored: { rules: 'r2', changed: true } }, 99)
    await world.ports.leads.commit({ leadId: leadIdOf(9), version: 0, state: fresh, outbox: [] }, 50)
    await world.handle(world.start)
    await world.drain()
    expect(world.jobs.job()).toMatchObject({ leads: 7, done: 6, changed: 2 })
    expect(world.state(3)).toEqual(state)
  })

  test('a lead that moves up in the list past the page being read is met in another round', async () => {
    const world = await rescoreWorld(60)
    await world.begin()
    const [page] = world.queue.splice(0)
    const [rescored, old] = [world.leads.items.get(leadIdOf(3)), world.leads.items.get(leadIdOf(2))]
    const state = foldLead(world.leads.log(leadIdOf(3)), newRules, now)
    if (!rescored || !state || !old?.state) throw new Error('no lead')
    await world.ports.leads.commit({ ...rescored, state, rescored: { rules: 'r2', changed: true } }, 1_000)
    await world.ports.leads.commit({ ...old, state: old.state }, 1_000)
    await world.handle(page?.message)
    await world.drain()
    expectAllDone(world, 60)
    expect(world.jobs.job()?.round).toBe(3)
  })

  test('what is in the log but not in the state yet stays news: its decisions are not marked', async () => {
    const world = await rescoreWorld(3)
    const demo = fact('news', 'demo.requested', '03-31T09:00')
    await world.leads.append(leadIdOf(1), [demo])
    await world.handle(world.start)
    await world.drain()
    expect(world.state(1)?.last.id).toBe('signup-1')
    expect(world.bus.published.filter(({ causationId }) => causationId === 'news')).toEqual([])
  })

  test('a merged or erased lead is passed over', async () => {
    const world = await rescoreWorld(4)
    const lead = world.leads.items.get(leadIdOf(2))
    if (!lead?.state) throw new Error('no lead')
    await world.leads.commit({ ...lead, state: lead.state, mergedInto: leadIdOf(1) }, 0)
    await world.handle(world.start)
    await world.drain()
    expect(world.jobs.job()).toMatchObject({ leads: 4, done: 3, changed: 1 })
    expect(world.state(2)?.rules).toBe('r1')
  })
})

describe('deliveries and crashes', () => {
  test('every message twice: each lead is counted once, and the work comes to an end', async () => {
    const world = await rescoreWorld(60)
    await world.handle(world.start)
    await world.handle(world.start)
    await world.drain(2)
    expectAllDone(world, 60)
  })

  test('messages that come twice do not live on: the second one finds its page taken, and later turned', async () => {
    const world = await rescoreWorld(300)
    await world.begin()
    let handled = 0
    for (let next = world.queue.shift(); next; next = world.queue.shift()) {
      await world.handle(next.message)
      if (handled === 0) await world.handle(next.message)
      handled += 1
    }
    // Twelve pages of the first round, the second round, and one look at the page that came twice.
    const { page = 0 } = world.jobs.job() ?? {}
    expect(handled).toBeLessThanOrEqual(page + 1)
    expectAllDone(world, 300)
  })

  test('a page whose answer was lost, and whose write met itself, goes on', async () => {
    const world = await rescoreWorld(60)
    await world.handle(world.start)
    const commit: typeof world.jobs.commit = async (job) => {
      await world.jobs.commit(job)
      throw new Conflict('it stands already')
    }
    const [page] = world.queue.splice(0)
    await makeRescoreLeads({ ...world.ports, jobs: { ...world.ports.jobs, commit } })(page?.message)
    await world.drain()
    expectAllDone(world, 60)
  })

  test('a process that dies between turning the page and saying so is taken up by the next delivery', async () => {
    const world = await rescoreWorld(30)
    await world.begin()
    const [page] = world.queue.splice(0)
    const goOn = async () => {
      throw new Crash()
    }
    await expect(makeRescoreLeads({ ...world.ports, goOn })(page?.message)).rejects.toThrow(Crash)
    expect(world.jobs.job()).toMatchObject({ page: 2, done: 25 })
    await world.handle(page?.message)
    await world.drain()
    expectAllDone(world, 30)
  })

  test('processes that die anywhere, any number of times: each lead once, and everything is told', async () => {
    const plan = fc.record({ call: fc.integer({ min: 0, max: 140 }), done: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(plan, { minLength: 1, maxLength: 8 }), async (plans) => {
        const world = await rescoreWorld(30)
        const left = [...plans]
        const { ports } = world
        /** One delivery after the other until one gets through. */
        const deliver = async (body: unknown): Promise<void> => {
          for (;;) {
            const next = left.shift()
            const wrap = next ? crashAt(next) : <Port extends object>(port: Port) => port
            const { goOn } = wrap({ goOn: ports.goOn })
            const handle = makeRescoreLeads({
              ...ports,
              leads: wrap(ports.leads),
              bus: wrap(ports.bus),
              jobs: wrap(ports.jobs),
              goOn,
            })
            try {
              return await handle(body)
            } catch (error) {
              if (!(error instanceof Crash)) throw error
            }
          }
        }
        await deliver(world.start)
        for (let next = world.queue.shift(); next; next = world.queue.shift()) await deliver(next.message)
        expectAllDone(world, 30)
        const implied = world.implied().map(({ id }) => id)
        expect(world.publishedIds()).toEqual(implied.sort())
        for (const { outbox } of world.leads.items.values()) expect(outbox).toEqual([])
      }),
      { numRuns: runs(60) },
    )
  })

  test('a lead that cannot be folded holds up nobody: it is tried again, then put on the queue by itself', async () => {
    const world = await rescoreWorld(6)
    const facts: typeof world.ports.leads.facts = async (leadId, upTo) => {
      if (leadId === leadIdOf(3)) throw new Error('a defect')
      return world.leads.facts(leadId, upTo)
    }
    const handle = makeRescoreLeads({ ...world.ports, leads: { ...world.ports.leads, facts } })
    await handle(world.start)
    const delays: number[] = []
    const dead: unknown[] = []
    for (let next = world.queue.shift(); next; next = world.queue.shift()) {
      if (next.delay > 0) delays.push(next.delay)
      try {
        await handle(next.message)
      } catch {
        dead.push(next.message)
      }
    }
    expect(delays.slice(0, 3)).toEqual([30, 30, 30])
    expect(world.jobs.job()).toMatchObject({ done: 5, changed: 1, finishedAt: expect.any(String) })
    expect(dead[0]).toEqual({ type: 'lead', leadId: leadIdOf(3), rules: 'r2' })
    // Mended: the same message works.
    await world.handle(dead[0])
    expect(world.state(3)?.rules).toBe('r2')
  })

  test.each([{}, { type: 'page' }, { type: 'lead', rules: 'r2', leadId: '!' }])(
    'what means nothing ends among the dead letters: %j',
    async (body) => {
      const world = await rescoreWorld(0)
      expect(() => world.handle(body)).toThrow(/publishes a playbook/)
    },
  )
})

describe('several lanes', () => {
  const seen = (world: World, lanes: number) => makeDescribeRescoring({ jobs: world.jobs, lanes })()

  test('go on side by side, each over its own leads, and their progress is one', async () => {
    const world = await rescoreWorld(120, 4)
    await world.begin()
    expect(world.queue.map(({ message }) => message.lane)).toEqual([0, 1, 2, 3])
    expect(await seen(world, 4)).toMatchObject({ rules: 'r2', leads: 120, done: 0, changed: 0 })
    // One of them comes to its end while the others wait: not all is done then.
    const [own, ...others] = world.queue.splice(0)
    await world.handle(own?.message)
    await world.drain()
    const partly = await seen(world, 4)
    expect(partly).not.toHaveProperty('finishedAt')
    expect(partly?.done).toBeGreaterThan(0)
    expect(partly?.done).toBeLessThan(120)
    for (const { message } of others) await world.handle(message)
    await world.drain()
    expect(await seen(world, 4)).toEqual({
      rules: 'r2',
      startedAt: now,
      finishedAt: expect.any(String),
      leads: 120,
      done: 120,
      changed: 40,
    })
    for (let number = 1; number <= 120; number += 1) expect(world.state(number)?.rules).toBe('r2')
  })

  test('begin each with a message of its own: who dies over one of them begins that one again', async () => {
    const world = await rescoreWorld(40, 4)
    await world.handle(world.start)
    expect(await seen(world, 4)).toBeUndefined()
    const begun = world.queue.splice(0).map(({ message }) => message)
    expect(begun).toEqual([0, 1, 2, 3].map((lane) => ({ type: 'lane', rules: 'r2', lane, tries: 0 })))
    const countLane = async () => {
      throw new Error('the process ends')
    }
    const dying = makeRescoreLeads({ ...world.ports, list: { ...world.ports.list, countLane } })
    await expect(dying(begun[2])).rejects.toThrow('the process ends')
    for (const message of begun) if (message.lane !== 2) await world.handle(message)
    const { leads = 0 } = (await seen(world, 4)) ?? {}
    expect(leads).toBeGreaterThan(0)
    expect(leads).toBeLessThan(40)
    await world.handle(begun[2])
    expect(await seen(world, 4)).toMatchObject({ leads: 40 })
    await world.drain()
    expect(await seen(world, 4)).toMatchObject({ finishedAt: expect.any(String), done: 40 })
  })

  test('that are told of before the rules are live where the message is handled wait for them', async () => {
    const world = await rescoreWorld(3, 2)
    await world.handle(world.start)
    const [lane] = world.queue.splice(0)
    world.live.playbook = oldPlaybook
    await world.handle(lane?.message)
    expect(world.queue).toEqual([{ message: { type: 'lane', rules: 'r2', lane: 0, tries: 1 }, delay: 60 }])
    expect(world.jobs.job()).toBeUndefined()
  })

  test('that were begun only in part when a process died are begun by the next delivery, each lead once', async () => {
    for (let call = 0; call < 12; call += 1) {
      const world = await rescoreWorld(40, 3)
      const wrap = crashAt({ call, done: call % 2 === 0 })
      const { goOn } = wrap({ goOn: world.ports.goOn })
      const dying = makeRescoreLeads({ ...world.ports, jobs: wrap(world.ports.jobs), goOn })
      const deliver = (message: unknown): Promise<void> => dying(message).catch(() => world.handle(message))
      await deliver(world.start)
      for (const { message } of world.queue.splice(0)) await deliver(message)
      await world.drain(2)
      expect(await seen(world, 3)).toMatchObject({
        finishedAt: expect.any(String),
        leads: 40,
        done: 40,
        changed: 13,
      })
    }
  })

  test('a lead that cannot be folded is one dead letter, however many rounds there are', async () => {
    const world = await rescoreWorld(60, 2)
    const facts: typeof world.ports.leads.facts = async (leadId, upTo) => {
      if (leadId === leadIdOf(3)) throw new Error('a defect')
      return world.leads.facts(leadId, upTo)
    }
    const handle = makeRescoreLeads({ ...world.ports, leads: { ...world.ports.leads, facts } })
    await handle(world.start)
    const dead: unknown[] = []
    for (let next = world.queue.shift(); next; next = world.queue.shift())
      await handle(next.message).catch(() => dead.push(next?.message))
    expect(dead).toEqual([{ type: 'lead', leadId: leadIdOf(3), rules: 'r2' }])
    expect(await seen(world, 2)).toMatchObject({ finishedAt: expect.any(String), done: 59 })
  })

  test('two thousand leads come to the end, far more rounds than Lambda lets a chain go by itself', async () => {
    const world = await rescoreWorld(2_000, 2)
    await world.handle(world.start)
    let rounds = 0
    for (let next = world.queue.shift(); next; next = world.queue.shift()) {
      await world.handle(next.message)
      rounds += 1
    }
    expect(rounds).toBeGreaterThan(2 * 16)
    expect(await seen(world, 2)).toMatchObject({ finishedAt: expect.any(String), leads: 2_000, done: 2_000 })
  }, 60_000)
})
