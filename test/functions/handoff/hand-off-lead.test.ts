import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makeAnswerHandoff } from '../../../functions/handoff/answer-handoff.ts'
import {
  makeFollowQualification,
  makeHandOffLead,
  readQualifiedAhead,
} from '../../../functions/handoff/hand-off-lead.ts'
import { parseMessage } from '../../../functions/handoff/parse-message.ts'
import { eventSamples } from '../../domain/support/event-samples.ts'
import { runs } from '../../support/runs.ts'
import { busMessage } from '../fakes/bus-message.ts'
import { Crash, crashAt } from '../fakes/crash-at.ts'
import { handoffWorld, now } from './handoff-world.ts'

describe('a lead that qualifies', () => {
  it('is handed over once, however often and however much at once it is told', async () => {
    const world = await handoffWorld(6)
    const handOff = makeHandOffLead(world.ports)
    const messages = world.leadIds.flatMap((leadId) => [leadId, leadId, leadId].map(world.qualified))
    await Promise.all(messages.map((one) => handOff(one)))
    const owners = [...world.handoffs.items.values()].map(({ owner }) => owner.name)
    expect(owners).toHaveLength(6)
    expect([...Map.groupBy(owners, (name) => name).values()].map((list) => list.length)).toEqual([3, 3])
    expect(new Set(world.bus.published.map(({ id }) => id)).size).toBe(6 * 3)
  })

  it('is handed over to one owner with one email, wherever the function dies', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(9), fc.boolean(), async (call, done) => {
        const world = await handoffWorld()
        const [leadId] = world.leadIds
        if (!leadId) throw new Error('no lead')
        const dying = crashAt({ call, done })
        const { leads, handoffs, bus, ...rest } = world.ports
        const ports = { ...rest, leads: dying(leads), handoffs: dying(handoffs), bus: dying(bus) }
        await makeHandOffLead(ports)(world.qualified(leadId)).catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error
        })
        await makeHandOffLead(world.ports)(world.qualified(leadId))
        expect([...world.handoffs.items.values()].map(({ outbox, owner }) => [outbox, owner.name])).toEqual([
          [[], 'Anna Berg'],
        ])
        expect([...new Set(world.bus.published.map(({ id }) => id))]).toEqual([
          `${leadId}.1:requested`,
          `${leadId}.1:assigned`,
          `${leadId}.1:notify`,
        ])
      }),
      { numRuns: runs(60) },
    )
  })

  it('is judged by what was read while asking for the playbook, and looked at once more afterwards', async () => {
    const world = await handoffWorld()
    const [leadId] = world.leadIds
    if (!leadId) throw new Error('no lead')
    const reads: string[] = []
    const leads = {
      load: (id: typeof leadId) => {
        reads.push('lead')
        return world.leads.load(id)
      },
    }
    const { decisionId: id, correlationId, ...data } = world.qualified(leadId)
    const metadata = { id, occurredAt: now, correlationId, causationId: 'f' }
    const { body } = busMessage('LeadQualified', { metadata, data })
    const ahead = readQualifiedAhead({ leads, handoffs: world.handoffs }, body)
    expect(reads).toEqual(['lead'])
    await makeFollowQualification({ ...world.ports, leads })(body, ahead)
    expect([reads, world.handoffs.items.size]).toEqual([['lead', 'lead'], 1])
    expect(readQualifiedAhead(world.ports, { type: 'publish', handoffId: 'h' })).toBe(world.ports)
  })

  it('is read from the event on the queue, and nothing else is', () => {
    const metadata = { id: 'd', occurredAt: now, correlationId: 'c', causationId: 'f' }
    const data = { leadId: 'lead-0001', score: 61.5, stage: 'intent', cycle: 2 }
    expect(parseMessage(busMessage('LeadQualified', { metadata, data }).body)).toMatchObject({
      type: 'qualified',
      qualified: { score: 61.5, cycle: 2 },
    })
    const taken = busMessage('QualificationWithdrawn', {
      metadata,
      data: { ...eventSamples.QualificationWithdrawn, leadId: data.leadId, cycle: 2 },
    })
    expect(parseMessage(taken.body)).toEqual({
      type: 'withdrawn',
      cycle: { leadId: data.leadId, cycle: 2 },
    })
    // A new model hands over whom it qualifies, and takes nobody back from sales.
    const { because } = eventSamples.QualificationWithdrawn
    const rescored = (type: string) =>
      parseMessage(busMessage(type, { metadata, data: { ...data, because, rescored: 'r2' } }).body).type
    expect([rescored('LeadQualified'), rescored('QualificationWithdrawn')]).toEqual(['qualified', 'rescored'])
    for (const [type, wrong] of [
      ['StageAdvanced', data],
      ['LeadQualified', { ...data, stage: 'sold' }],
      ['QualificationWithdrawn', { leadId: data.leadId }],
    ] as const)
      expect(() => parseMessage(busMessage(type, { metadata, data: wrong }).body)).toThrow(
        /is not taken here|does not say what it is about/,
      )
  })
})

describe('an answer', () => {
  const accept = (by: string) => ({ type: 'accept', by }) as const

  it('of two salespeople at once is given to one, and the other is told', async () => {
    const world = await handoffWorld()
    const [leadId] = world.leadIds
    if (!leadId) throw new Error('no lead')
    await makeHandOffLead(world.ports)(world.qualified(leadId))
    const answer = makeAnswerHandoff({ ...world.ports, rules: world.rules.playbook.handoff })
    const outcomes = await Promise.all(['anna', 'ben'].map((by) => answer(`${leadId}.1`, accept(by))))
    expect(outcomes.map(({ type }) => type).sort()).toEqual(['answered', 'no-longer-open'])
    // Whoever loses may finish publishing for the winner: the same fact again, not another one.
    expect(new Set(world.bus.submitted.map(({ id }) => id))).toEqual(new Set([`${leadId}.1:accepted`]))
  })

  it('that was cut short is finished by the next try', async () => {
    for (const call of [0, 1, 2, 3, 4])
      for (const done of [true, false]) {
        const world = await handoffWorld()
        const [leadId] = world.leadIds
        if (!leadId) throw new Error('no lead')
        await makeHandOffLead(world.ports)(world.qualified(leadId))
        const dying = crashAt({ call, done })
        const rules = world.rules.playbook.handoff
        const { handoffs, bus, clock, enqueueHandoff } = world.ports
        const common = { clock, enqueueHandoff, rules }
        const first = makeAnswerHandoff({ ...common, handoffs: dying(handoffs), bus: dying(bus) })
        await first(`${leadId}.1`, accept('anna')).catch(() => undefined)
        const second = await makeAnswerHandoff({ ...common, handoffs, bus })(`${leadId}.1`, accept('anna'))
        expect(['answered', 'repeated']).toContain(second.type)
        expect(new Set(world.bus.submitted.map(({ id }) => id))).toEqual(new Set([`${leadId}.1:accepted`]))
        expect(world.handoffs.items.get(`${leadId}.1`)?.outbox).toEqual([])
      }
  })

  it('to a handoff that is not there is refused', async () => {
    const world = await handoffWorld()
    const answer = makeAnswerHandoff({ ...world.ports, rules: world.rules.playbook.handoff })
    expect(await answer('lead-0001.9', accept('anna'))).toEqual({ type: 'unknown-handoff' })
  })
})

describe('leads whose address nobody has confirmed', () => {
  const seen = { 'form.submitted': { count: 1, first: now, last: now, times: [] } }

  const unconfirmedWorld = async (confirmed = false) => {
    const world = await handoffWorld(4, { unconfirmed: { perHour: 2 } })
    for (const leadId of world.leadIds) {
      const lead = await world.leads.load(leadId)
      if (!lead?.state) throw new Error('no lead')
      const shown = confirmed ? { confirmed: { at: now, factId: 'c' } } : {}
      await world.leads.commit({ ...lead, state: { ...lead.state, seen, ...shown } }, 0)
    }
    return world
  }

  it('go to sales so many an hour, and the others later, whatever is told twice', async () => {
    const world = await unconfirmedWorld()
    const handOff = makeHandOffLead(world.ports)
    for (const leadId of [...world.leadIds, ...world.leadIds]) await handOff(world.qualified(leadId))
    expect(world.handoffs.items.size).toBe(2)
    const waiting = [...world.timers.items.values()].filter(({ message }) => message.type === 'waiting')
    expect(waiting.map(({ at }) => at)).toEqual(['2026-03-02T10:00:00.000Z', '2026-03-02T10:00:00.000Z'])
    const later = makeHandOffLead({ ...world.ports, clock: () => '2026-03-02T10:00:00.000Z' })
    for (const { message } of waiting) {
      const read = parseMessage(message)
      if (read.type === 'qualified') await later(read.qualified)
    }
    expect(world.handoffs.items.size).toBe(4)
  })

  it('are not those who have confirmed', async () => {
    const world = await unconfirmedWorld(true)
    for (const leadId of world.leadIds) await makeHandOffLead(world.ports)(world.qualified(leadId))
    expect(world.handoffs.items.size).toBe(4)
  })
})
