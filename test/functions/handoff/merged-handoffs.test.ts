import { describe, expect, it } from 'vitest'
import { makeAnswerHandoff } from '../../../functions/handoff/answer-handoff.ts'
import { makeFollowQualification, makeHandOffLead } from '../../../functions/handoff/hand-off-lead.ts'
import { eventSamples } from '../../domain/support/event-samples.ts'
import { busMessage } from '../fakes/bus-message.ts'
import { handoffWorld, now } from './handoff-world.ts'

const metadata = { id: 'd', version: 1, occurredAt: now, correlationId: 'c', causationId: 'f' }

/** Two leads that were handed over, each for itself, before somebody saw that they are one person. */
const twoWorld = async () => {
  const world = await handoffWorld(2)
  const [root, other] = world.leadIds
  if (!root || !other) throw new Error('no leads')
  const { ports, change, part, handoffs } = world
  const follow = makeFollowQualification(ports)
  const tell = (type: 'LeadMerged' | 'LeadUnmerged') =>
    follow(busMessage(type, { metadata, data: { leadId: root, merged: other } }).body)
  const qualify = (leadId: typeof root) => makeHandOffLead(ports)(world.qualified(leadId))
  const join = async () => {
    await change(root, { members: [other] })
    await change(other, { mergedInto: root })
  }
  return {
    ...world,
    ...{ root, other, qualify, join },
    answer: makeAnswerHandoff({ ...ports, rules: world.rules.playbook.handoff }),
    merge: async () => {
      await join()
      await tell('LeadMerged')
    },
    unmerge: async () => {
      await change(root, { members: [] })
      await part(other)
      await tell('LeadUnmerged')
    },
    answers: () => [root, other].map((leadId) => handoffs.items.get(`${leadId}.1`)?.answer),
    open: async () => (await world.rounds.counted('dach')).filter(({ isOpen }) => isOpen).length,
  }
}

describe('handoffs of leads that are merged', () => {
  it('are one: the other is closed for it, counts for nobody, and opens again when they are parted', async () => {
    const { root, other, qualify, merge, unmerge, answers, open } = await twoWorld()
    for (const leadId of [root, other]) await qualify(leadId)
    expect(await open()).toBe(2)
    await merge()
    const closed = { state: 'expired', reason: 'merged', standIn: `${root}.1` }
    expect(answers()).toEqual([{ state: 'requested' }, { ...closed, at: now }])
    expect(await open()).toBe(1)
    await merge()
    await unmerge()
    expect(answers()).toEqual([{ state: 'requested' }, { state: 'requested' }])
    expect(await open()).toBe(2)
  })

  it('are none anew where sales has accepted one of them', async () => {
    const { root, other, qualify, merge, answers, answer } = await twoWorld()
    for (const leadId of [root, other]) await qualify(leadId)
    await answer(`${other}.1`, { type: 'accept', by: 'anna@sales.example.com' })
    await merge()
    expect(answers()).toMatchObject([{ state: 'expired', standIn: `${other}.1` }, { state: 'accepted' }])
  })

  it('are two where the lead went back to marketing since the other was accepted', async () => {
    const { root, other, qualify, merge, answers, answer, leads } = await twoWorld()
    await qualify(other)
    await answer(`${other}.1`, { type: 'accept', by: 'anna@sales.example.com' })
    await qualify(root)
    const lead = await leads.load(root)
    if (!lead?.state) throw new Error('no lead')
    const recycles = [{ at: '2026-03-02T10:00:00.000Z', factId: 'r', cycle: 5, reason: 'not-now' }]
    await leads.commit({ ...lead, state: { ...lead.state, recycles } }, 0)
    await merge()
    expect(answers().map((one) => one?.state)).toEqual(['requested', 'accepted'])
  })

  it('are one, too, where one is made while they are merged', async () => {
    const { root, other, qualify, join, answers, ports } = await twoWorld()
    await qualify(root)
    const { commit } = ports.handoffs
    const meanwhile = {
      ...ports.handoffs,
      commit: async (...given: Parameters<typeof commit>) => {
        await join()
        return commit(...given)
      },
    }
    const { qualified } = await handoffWorld(2)
    await makeHandOffLead({ ...ports, handoffs: meanwhile })(qualified(other))
    expect(answers().map((one) => one?.state)).toEqual(['requested', 'expired'])
  })

  it('are answered by a deal that names the one that was closed', async () => {
    const { root, other, qualify, merge, answers, ports, sell, leads } = await twoWorld()
    for (const leadId of [root, other]) await qualify(leadId)
    await merge()
    await sell(root, { status: 'open', dealId: 'deal', handoffId: `${other}.1` })
    expect((await leads.load(root))?.state?.deals).toHaveLength(1)
    const data = { leadId: root, ...eventSamples.DealPhaseChanged, from: null }
    await makeFollowQualification(ports)(busMessage('DealPhaseChanged', { metadata, data }).body)
    expect(answers()).toMatchObject([{ state: 'expired', standIn: `${other}.1` }, { state: 'accepted' }])
  })
})
