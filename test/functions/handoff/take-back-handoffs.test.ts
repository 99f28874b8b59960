import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LeadId } from '../../../domain/model/activity.ts'
import { makeAnswerHandoff, makeTakeBackHandoffs } from '../../../functions/handoff/answer-handoff.ts'
import { makeHandOffLead } from '../../../functions/handoff/hand-off-lead.ts'
import { runs } from '../../support/runs.ts'
import { Crash, crashAt } from '../fakes/crash-at.ts'
import { handoffWorld, now } from './handoff-world.ts'

const takenBackWorld = async (count = 1) => {
  const world = await handoffWorld(count)
  const handOff = makeHandOffLead(world.ports)
  const takeBack = makeTakeBackHandoffs(world.ports)
  const [first, second] = world.leadIds
  if (!first) throw new Error('no lead')
  return {
    ...world,
    leadId: first,
    other: second ?? first,
    qualify: (leadId: LeadId) => handOff(world.qualified(leadId)),
    takeBack: (leadId: LeadId) => takeBack({ leadId, cycle: 1 }),
    answer: makeAnswerHandoff({ ...world.ports, rules: world.rules.playbook.handoff }),
    stateOf: (leadId: LeadId) => world.handoffs.items.get(`${leadId}.1`)?.answer.state,
    published: () => [...new Set(world.bus.published.map(({ id }) => id))],
  }
}

describe('a qualification that is taken back', () => {
  it('closes the handoff that nobody has answered', async () => {
    const { leadId, qualify, takeBack, change, handoffs, answer } = await takenBackWorld()
    await qualify(leadId)
    await change(leadId, { qualifies: false })
    await takeBack(leadId)
    await takeBack(leadId)
    expect(handoffs.items.get(`${leadId}.1`)?.answer).toEqual({
      state: 'expired',
      at: now,
      reason: 'withdrawn',
    })
    expect(await answer(`${leadId}.1`, { type: 'accept', by: 'anna' })).toMatchObject({
      type: 'no-longer-open',
    })
  })

  it('leaves alone what sales has accepted', async () => {
    const { leadId, qualify, takeBack, change, answer, stateOf } = await takenBackWorld()
    await qualify(leadId)
    await answer(`${leadId}.1`, { type: 'accept', by: 'anna' })
    await change(leadId, { qualifies: false })
    await takeBack(leadId)
    expect(stateOf(leadId)).toBe('accepted')
  })

  it('that stands by the time it is told changes nothing', async () => {
    const { leadId, qualify, takeBack, stateOf } = await takenBackWorld()
    await qualify(leadId)
    await takeBack(leadId)
    expect(stateOf(leadId)).toBe('requested')
  })

  it('before the handoff was made keeps it from being made', async () => {
    const { leadId, qualify, change, handoffs, bus } = await takenBackWorld()
    await change(leadId, { qualifies: false })
    await qualify(leadId)
    expect([handoffs.items.size, bus.published.length]).toEqual([0, 0])
  })

  it('while the handoff is being made closes it', async () => {
    const world = await takenBackWorld()
    const { leadId, change, takeBack, stateOf } = world
    const slow = {
      ...world.ports,
      rounds: {
        ...world.rounds,
        load: async (team: string) => {
          await change(leadId, { qualifies: false })
          await takeBack(leadId)
          return world.rounds.load(team)
        },
      },
    }
    await makeHandOffLead(slow)(world.qualified(leadId))
    expect(stateOf(leadId)).toBe('expired')
  })

  it('of a lead that has been erased is nothing', async () => {
    const { leadIds, takeBack, ...world } = await takenBackWorld()
    const [known] = leadIds
    const gone = makeTakeBackHandoffs({ ...world.ports, leads: { load: async () => undefined } })
    await gone({ leadId: known ?? world.leadId, cycle: 1 })
    expect(world.handoffs.items.size).toBe(0)
  })
})

describe('a lead that qualifies again in the same cycle', () => {
  it('has its handoff opened again, by the same owner, with an email of its own', async () => {
    const { leadId, other, qualify, takeBack, change, handoffs, published } = await takenBackWorld(2)
    await qualify(other)
    await qualify(leadId)
    await change(leadId, { qualifies: false })
    await takeBack(leadId)
    await change(leadId, { qualifies: true })
    await qualify(leadId)
    await qualify(leadId)
    expect(handoffs.items.get(`${leadId}.1`)).toMatchObject({
      answer: { state: 'requested' },
      owner: { name: 'Ben Thal' },
      round: 2,
      outbox: [],
    })
    const id = `${leadId}.1`
    expect(published().filter((one) => one.startsWith(id))).toEqual([
      `${id}:requested`,
      `${id}:assigned`,
      `${id}:notify`,
      `${id}:requested:2`,
      `${id}:assigned:2`,
      `${id}:notify:2`,
    ])
  })

  it('ends as its lead stands, in whatever order messages come, how often, and wherever the function dies', async () => {
    const anyStep = fc.record({
      told: fc.constantFrom('qualified', 'withdrawn'),
      stands: fc.boolean(),
      crash: fc.option(fc.record({ call: fc.nat(8), done: fc.boolean() })),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 8 }), fc.boolean(), async (steps, stands) => {
        const world = await takenBackWorld()
        const { leadId, change, qualify, takeBack, stateOf, handoffs } = world
        for (const step of steps) {
          await change(leadId, { qualifies: step.stands })
          const dying = step.crash ? crashAt(step.crash) : <Port extends object>(port: Port) => port
          const { leads, handoffs: stored, bus, ...rest } = world.ports
          const ports = { ...rest, leads: dying(leads), handoffs: dying(stored), bus: dying(bus) }
          const work =
            step.told === 'qualified'
              ? makeHandOffLead(ports)(world.qualified(leadId))
              : makeTakeBackHandoffs(ports)({ leadId, cycle: 1 })
          await work.catch((error: unknown) => {
            if (!(error instanceof Crash)) throw error
          })
        }
        await change(leadId, { qualifies: stands })
        // What was told is told until it is taken: the last of either kind comes in any order.
        await takeBack(leadId)
        await qualify(leadId)
        await takeBack(leadId)
        expect(stateOf(leadId) === 'requested').toBe(stands)
        expect(handoffs.items.get(`${leadId}.1`)?.outbox ?? []).toEqual([])
      }),
      { numRuns: runs(200) },
    )
  })
})

describe('a lead that others were merged into', () => {
  const merge = async (world: Awaited<ReturnType<typeof takenBackWorld>>) => {
    await world.change(world.leadId, { members: [world.other] })
    await world.change(world.other, { mergedInto: world.leadId })
  }

  it('is not handed over while sales has one of them', async () => {
    const world = await takenBackWorld(2)
    await world.qualify(world.other)
    await merge(world)
    await world.qualify(world.leadId)
    expect([world.stateOf(world.leadId), world.stateOf(world.other)]).toEqual([undefined, 'requested'])
    await world.answer(`${world.other}.1`, { type: 'accept', by: 'anna' })
    await world.qualify(world.leadId)
    expect(world.stateOf(world.leadId)).toBeUndefined()
  })

  it('is handed over once sales sent that one back', async () => {
    const world = await takenBackWorld(2)
    await world.qualify(world.other)
    await world.answer(`${world.other}.1`, { type: 'reject', by: 'anna', reason: 'not-now' })
    await merge(world)
    await world.qualify(world.leadId)
    expect(world.stateOf(world.leadId)).toBe('requested')
  })

  it('takes their open handoffs back with its own qualification', async () => {
    const world = await takenBackWorld(2)
    await world.qualify(world.other)
    await merge(world)
    await world.change(world.leadId, { qualifies: false })
    await world.takeBack(world.leadId)
    expect(world.stateOf(world.other)).toBe('expired')
  })

  it('stands for them: a late message about one makes nothing', async () => {
    const world = await takenBackWorld(2)
    await merge(world)
    await world.qualify(world.other)
    expect(world.handoffs.items.size).toBe(0)
  })
})
