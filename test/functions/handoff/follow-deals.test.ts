import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { LeadId } from '../../../domain/model/activity.ts'
import { makeAnswerHandoff } from '../../../functions/handoff/answer-handoff.ts'
import { makeFollowDeals } from '../../../functions/handoff/follow-deals.ts'
import { makeFollowQualification, makeHandOffLead } from '../../../functions/handoff/hand-off-lead.ts'
import { Transient } from '../../../functions/ports.ts'
import { eventSamples } from '../../domain/support/event-samples.ts'
import { runs } from '../../support/runs.ts'
import { busMessage } from '../fakes/bus-message.ts'
import { Crash, crashAt } from '../fakes/crash-at.ts'
import { handoffWorld, now } from './handoff-world.ts'

const monday = '2026-03-09T09:00:00.000Z'
const won = { status: 'won', closedAt: monday } as const
const lost = { status: 'lost', closedAt: monday } as const
const open = { status: 'open' } as const

/** One handoff, accepted by its owner. */
const acceptedWorld = async (count = 1) => {
  const world = await handoffWorld(count)
  const [leadId, other] = world.leadIds
  if (!leadId) throw new Error('no lead')
  await makeHandOffLead(world.ports)(world.qualified(leadId))
  const handoffId = `${leadId}.1`
  const answer = makeAnswerHandoff({ ...world.ports, rules: world.rules.playbook.handoff })
  await answer(handoffId, { type: 'accept', by: 'anna@sales.example.com' })
  return {
    ...world,
    leadId,
    other: other ?? leadId,
    handoffId,
    follow: () => makeFollowDeals(world.ports)(handoffId),
    state: () => world.handoffs.items.get(handoffId)?.answer.state,
    load: async () => (await world.rounds.counted('dach')).filter(({ isOpen }) => isOpen).length,
  }
}
type World = Awaited<ReturnType<typeof acceptedWorld>>

describe('what becomes of the deal of a handoff', () => {
  it('closes and opens it, and its owner has one less or one more', async () => {
    const { leadId, sell, follow, state, load } = await acceptedWorld()
    const seen: unknown[] = []
    for (const deal of [won, open, lost, won, open]) {
      await sell(leadId, deal)
      await follow()
      await follow()
      seen.push([state(), await load()])
    }
    expect(seen).toEqual([
      ['won', 0],
      ['accepted', 1],
      ['lost', 0],
      ['won', 0],
      ['accepted', 1],
    ])
  })

  it.each(['DealWon', 'DealLost', 'DealOutcomeWithdrawn', 'LeadRecycled', 'LeadClosed'] as const)(
    'is judged by the deal, not by what %s says',
    async (type) => {
      const { ports, leadId, sell, state } = await acceptedWorld()
      await sell(leadId, won)
      const follow = makeFollowQualification(ports)
      const metadata = { id: 'd', version: 1, occurredAt: now, correlationId: 'c', causationId: 'f' }
      const data = { leadId, ...eventSamples[type] }
      await follow(busMessage(type, { metadata, data }).body)
      expect(state()).toBe('won')
    },
  )

  it('counts also once its lead was merged into another, and waits while that is under way', async () => {
    const { ports, leads, leadId, other, handoffId, sell, change, follow, state } = await acceptedWorld(2)
    await sell(leadId, won)
    await follow()
    await change(leadId, { mergedInto: other })
    await expect(follow()).rejects.toThrow(Transient)
    expect(state()).toBe('won')
    await change(other, { members: [leadId] })
    const root = await leads.load(other)
    if (!root?.state) throw new Error('no lead')
    const deals = [{ dealId: handoffId, handoffId, phases: [], openedAt: now, ...lost }]
    await leads.commit({ ...root, state: { ...root.state, deals } }, 0)
    await follow()
    expect(state()).toBe('lost')
    expect(ports.handoffs.items.size).toBe(1)
  })

  it('lists the deals of whom it is about, and of the lead that it was merged into', async () => {
    const { ports, leadId, other, change, sell } = await acceptedWorld(2)
    await sell(leadId, won)
    const noted: string[] = []
    const dealLists = { note: async (lead: { leadId: LeadId }) => void noted.push(lead.leadId) }
    const follow = makeFollowQualification({ ...ports, dealLists })
    const metadata = { id: 'd', version: 1, occurredAt: now, correlationId: 'c', causationId: 'f' }
    const message = busMessage('DealWon', { metadata, data: { leadId, ...eventSamples.DealWon } })
    await follow(message.body)
    expect(noted).toEqual([leadId])
    await change(leadId, { mergedInto: other })
    await change(other, { members: [leadId] })
    await follow(message.body)
    expect(noted).toEqual([leadId, other, leadId])
  })

  it('changes nothing about a handoff that is not there, nor of somebody who was erased', async () => {
    const { ports, leadId, change, sell, follow, state } = await acceptedWorld()
    await makeFollowDeals(ports)('lead-0009.1')
    await sell(leadId, won)
    await change(leadId, { erased: { at: now, family: [leadId] } })
    await follow()
    expect(state()).toBe('accepted')
  })

  /** Two containers, one of which has read the deal as it was and is cut off there until the other is done. */
  it('is right at the end where an older message comes late', async () => {
    const { ports, leadId, sell, follow, state } = await acceptedWorld()
    await sell(leadId, won)
    let isLate = true
    const leads = {
      load: async (id: LeadId) => {
        const read = await ports.leads.load(id)
        if (isLate) {
          isLate = false
          await sell(leadId, open)
          await follow()
        }
        return read
      },
    }
    await makeFollowDeals({ ...ports, leads })(`${leadId}.1`)
    expect(state()).toBe('accepted')
  })

  it('wherever the process dies, whoever comes next gets it right', async () => {
    const die = async (world: World, call: number, done: boolean): Promise<void> => {
      const dying = crashAt({ call, done })
      const { leads, handoffs, bus, timers, ...rest } = world.ports
      const ports = {
        ...rest,
        leads: dying(leads),
        handoffs: dying(handoffs),
        bus: dying(bus),
        timers: dying(timers),
      }
      await makeFollowDeals(ports)(world.handoffId).catch((error: unknown) => {
        if (!(error instanceof Crash)) throw error
      })
    }
    const step = fc.record({ deal: fc.constantFrom(won, lost, open), call: fc.nat(8), done: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
        const world = await acceptedWorld()
        for (const { deal, call, done } of steps) {
          await world.sell(world.leadId, deal)
          await die(world, call, done)
        }
        await world.follow()
        const last = steps.at(-1)?.deal.status
        expect(world.state()).toBe(last === 'open' ? 'accepted' : last)
        expect(await world.load()).toBe(last === 'open' ? 1 : 0)
      }),
      { numRuns: runs(60) },
    )
  })
})

describe('an answer that came as an activity', () => {
  const paused = { at: monday, factId: 'r', reason: 'wrong-fit' }
  const requestedWorld = async () => {
    const world = await handoffWorld()
    const [leadId] = world.leadIds
    if (!leadId) throw new Error('no lead')
    const close = async () => {
      const lead = await world.leads.load(leadId)
      if (!lead?.state) throw new Error('no lead')
      await world.leads.commit({ ...lead, state: { ...lead.state, paused } }, 0)
    }
    const metadata = { id: 'd', version: 1, occurredAt: now, correlationId: 'c', causationId: 'r' }
    const data = { leadId, cycle: 1, reason: 'wrong-fit' }
    const { body } = busMessage('LeadClosed', { metadata, data })
    const handOff = () => makeHandOffLead(world.ports)(world.qualified(leadId))
    return { ...world, leadId, close, body, handOff }
  }
  type Requested = Awaited<ReturnType<typeof requestedWorld>>

  const expectRejected = async ({ leadId, handoffs, bus, rounds }: Requested) => {
    const stored = handoffs.items.get(`${leadId}.1`)
    expect(stored).toMatchObject({ answer: { state: 'rejected', by: 'activity' }, outbox: [] })
    const told = bus.published.filter(({ type }) => type === 'HandoffRejected').map(({ id }) => id)
    expect([...new Set(told)]).toEqual([`${leadId}.1:rejected`])
    expect(bus.submitted).toEqual([])
    expect((await rounds.counted('dach')).filter(({ isOpen }) => isOpen)).toEqual([])
  }

  it('closes the handoff, in whichever order it and the request come', async () => {
    const after = await requestedWorld()
    await after.handOff()
    await after.close()
    await makeFollowQualification(after.ports)(after.body)
    await expectRejected(after)
    const before = await requestedWorld()
    await before.close()
    await makeFollowQualification(before.ports)(before.body)
    await before.handOff()
    await expectRejected(before)
  })

  it('is told once, wherever the process dies, however often the message comes', async () => {
    for (const done of [true, false])
      for (let call = 0; call < 14; call += 1) {
        const world = await requestedWorld()
        await world.handOff()
        await world.close()
        const dying = crashAt({ call, done })
        const { leads, handoffs, bus, timers, ...rest } = world.ports
        const mortal = {
          ...rest,
          leads: dying(leads),
          handoffs: dying(handoffs),
          bus: dying(bus),
          timers: dying(timers),
        }
        await makeFollowQualification(mortal)(world.body).catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error
        })
        const follow = makeFollowQualification(world.ports)
        await follow(world.body)
        await follow(world.body)
        await expectRejected(world)
      }
  })

  it('moves nothing where a deal goes its way', async () => {
    const world = await requestedWorld()
    await world.handOff()
    await world.close()
    const metadata = { id: 'd', version: 1, occurredAt: now, correlationId: 'c', causationId: 'r' }
    const moved = { from: 'proposal', to: 'negotiation' }
    const data = { leadId: world.leadId, ...eventSamples.DealPhaseChanged, ...moved }
    await makeFollowQualification(world.ports)(busMessage('DealPhaseChanged', { metadata, data }).body)
    expect(world.handoffs.items.get(`${world.leadId}.1`)?.answer.state).toBe('requested')
  })
})
