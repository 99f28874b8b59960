import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { pendingDeadlines } from '../../../domain/handoff/handoff.ts'
import type { LeadId } from '../../../domain/model/activity.ts'
import type { Team } from '../../../domain/model/handoff-rules.ts'
import { makeAnswerHandoff } from '../../../functions/handoff/answer-handoff.ts'
import { makeFollowQualification, makeHandOffLead } from '../../../functions/handoff/hand-off-lead.ts'
import { makeReassignHandoff, type ReassignRequest } from '../../../functions/handoff/reassign-handoff.ts'
import { at, member, team } from '../../domain/handoff/teams.ts'
import { runs } from '../../support/runs.ts'
import { Crash, crashAt } from '../fakes/crash-at.ts'
import { handoffWorld, now } from './handoff-world.ts'

const today = now.slice(0, 10)
const away = { absent: [{ from: today, to: today }] }

/** One open handoff, with Anna. */
const openWorld = async (dach: Partial<Team> = {}) => {
  const teams = { dach: team(dach), uk: team({ id: 'uk', lead: member('Una'), members: [member('Uma')] }) }
  const world = await handoffWorld(1, { teams })
  const [leadId] = world.leadIds
  if (!leadId) throw new Error('no lead')
  await makeHandOffLead(world.ports)(world.qualified(leadId))
  const handoffId = `${leadId}.1`
  const ports = { ...world.ports, rules: world.rules.playbook.handoff }
  const reassign = makeReassignHandoff(ports)
  return {
    ...world,
    handoffId,
    reassignPorts: ports,
    reassign: (wish: Omit<ReassignRequest, 'by'> = {}) => reassign(handoffId, { by: 'boss', ...wish }),
    answer: makeAnswerHandoff(ports),
    handoff: () => {
      const handoff = world.handoffs.items.get(handoffId)
      if (!handoff) throw new Error('no handoff')
      return handoff
    },
  }
}

describe('giving an open handoff to somebody else', () => {
  it.each<[string, Omit<ReassignRequest, 'by'>, string, string]>([
    ['to whose turn it is', {}, 'dach', 'Ben'],
    ['to somebody who is named', { owner: at('Cara') }, 'dach', 'Cara'],
    ['to somebody of another team', { owner: 'UMA@sales.example.com' }, 'uk', 'Uma'],
    ['to the lead of a team', { team: 'uk', owner: at('Una') }, 'uk', 'Una'],
    ['to another team', { team: 'uk' }, 'uk', 'Uma'],
  ])('%s', async (_name, wish, id, owner) => {
    const world = await openWorld()
    const outcome = await world.reassign({ ...wish, reason: 'knows them' })
    expect(outcome.type).toBe('assigned')
    const handoff = world.handoff()
    expect([handoff.team, handoff.owner.name]).toEqual([id, owner])
    expect(handoff.assignments.at(-1)).toEqual({
      team: id,
      owner: handoff.owner,
      at: now,
      because: 'by-hand',
      by: 'boss',
      reason: 'knows them',
    })
    const told = world.bus.published.slice(3)
    expect(told.map((decision) => decision.id)).toEqual([
      `${world.handoffId}:assigned:2`,
      `${world.handoffId}:notify:2`,
    ])
    expect(JSON.stringify(told)).not.toMatch(/@|boss|knows/)
    // Its new deadlines are set, and it is told should the process have died: by the handoff queue.
    expect(world.told.map(({ message }) => message)).toEqual([
      { type: 'publish', handoffId: world.handoffId },
    ])
  })

  it('moves what counts as open from one to the other, across teams as well', async () => {
    const world = await openWorld()
    await world.reassign({ team: 'uk' })
    const open = async (id: string) => (await world.rounds.counted(id)).filter(({ isOpen }) => isOpen)
    expect(await open('dach')).toEqual([])
    expect(await open('uk')).toMatchObject([{ owner: at('Uma') }])
  })

  it('to somebody who is away or full, where they are named', async () => {
    const world = await openWorld({ members: [member('Anna'), member('Ben', { ...away, capacity: 1 })] })
    expect(await world.reassign({ owner: at('Ben') })).toMatchObject({ type: 'assigned', isAway: true })
  })

  it('to one of the others, where all of them are away', async () => {
    const world = await openWorld({ members: [member('Anna'), member('Ben', away)] })
    expect(await world.reassign()).toMatchObject({ handoff: { owner: { name: 'Ben' } } })
  })

  it('changes nothing for whoever has it already', async () => {
    const world = await openWorld()
    expect(await world.reassign({ owner: at('Anna') })).toMatchObject({ type: 'unchanged' })
    expect(world.handoff().assignments).toHaveLength(1)
  })

  it.each<[string, Omit<ReassignRequest, 'by'>, object]>([
    ['no such team', { team: 'sales' }, { type: 'unknown-team', teams: ['dach', 'uk'] }],
    [
      'nobody of that name in the team',
      { team: 'uk', owner: at('Anna') },
      { type: 'unknown-member', members: [at('Uma')] },
    ],
    ['nobody of that name anywhere', { owner: 'x@example.com' }, { type: 'unknown-member' }],
  ])('is refused: %s', async (_name, wish, expected) => {
    const world = await openWorld()
    expect(await world.reassign(wish)).toMatchObject(expected)
    expect(world.handoff().owner.name).toBe('Anna')
  })

  it('is refused: nobody else in the team', async () => {
    const world = await openWorld({ members: [member('Anna')] })
    expect(await world.reassign()).toMatchObject({ type: 'nobody-else' })
  })

  it('is refused once it is closed, and for one that is not there', async () => {
    const world = await openWorld()
    await world.answer(world.handoffId, { type: 'reject', by: at('Anna'), reason: 'not-now' })
    expect(await world.reassign()).toMatchObject({ type: 'no-longer-open' })
    expect(await makeReassignHandoff(world.reassignPorts)('lead-0001.9', { by: 'boss' })).toEqual({
      type: 'unknown-handoff',
    })
  })

  it('of two at once both are done, one after the other, and each as was wished', async () => {
    const world = await openWorld()
    await Promise.all([world.reassign({ owner: at('Ben') }), world.reassign({ owner: at('Cara') })])
    expect(
      world
        .handoff()
        .assignments.map(({ owner }) => owner.name)
        .toSorted(),
    ).toEqual(['Anna', 'Ben', 'Cara'])
  })

  it('wherever the process dies, who asks again gets it done, with one email to each who has it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(9), fc.boolean(), async (call, done) => {
        const world = await openWorld()
        const dying = crashAt({ call, done })
        const { handoffs, rounds, bus, ...rest } = world.reassignPorts
        const ports = { ...rest, handoffs: dying(handoffs), rounds: dying(rounds), bus: dying(bus) }
        const wish = { by: 'boss', owner: at('Cara') }
        await makeReassignHandoff(ports)(world.handoffId, wish).catch((error: unknown) => {
          if (!(error instanceof Crash)) throw error
        })
        const again = await world.reassign({ owner: at('Cara') })
        expect(['assigned', 'unchanged']).toContain(again.type)
        expect(world.handoff().assignments.map(({ owner }) => owner.name)).toEqual(['Anna', 'Cara'])
        expect(world.handoff().outbox).toEqual([])
      }),
      { numRuns: runs(40) },
    )
  })
})

describe('giving an accepted handoff to somebody else', () => {
  const acceptedWorld = async (dach: Partial<Team> = {}) => {
    const world = await openWorld({ sticky: ['account'], ...dach })
    await world.answer(world.handoffId, { type: 'accept', by: at('Anna') })
    return world
  }

  it('asks nothing of them: no deadline, and an email of another kind', async () => {
    const world = await acceptedWorld()
    const { dueAt, deadlines } = world.handoff()
    const told = world.bus.published.length
    expect(await world.reassign({ owner: at('Ben'), reason: 'ill' })).toMatchObject({ type: 'assigned' })
    const handoff = world.handoff()
    expect(handoff).toMatchObject({
      owner: { name: 'Ben' },
      answer: { state: 'accepted', by: at('Anna') },
      assignments: [{ because: 'routed' }, { because: 'by-hand', by: 'boss', reason: 'ill', accepted: true }],
    })
    expect([handoff.dueAt, handoff.deadlines]).toEqual([dueAt, deadlines])
    expect(pendingDeadlines(handoff)).toEqual([])
    expect(world.bus.published.slice(told)).toMatchObject([
      { type: 'HandoffAssigned', data: { member: 1, because: 'by-hand', assignment: 2, accepted: true } },
      { type: 'EmailRequested', data: { email: 'reassigned', sendId: `${world.handoffId}:notify:2` } },
    ])
    const open = (await world.rounds.counted('dach')).filter(({ isOpen }) => isOpen)
    expect(open).toMatchObject([{ owner: at('Ben') }])
  })

  it('and on to a third one, each with an email of their own', async () => {
    const world = await acceptedWorld()
    await world.reassign({ owner: at('Ben') })
    await world.reassign({ team: 'uk' })
    expect(world.handoff()).toMatchObject({
      team: 'uk',
      owner: { name: 'Uma' },
      answer: { state: 'accepted' },
    })
    const emails = world.bus.published.filter((one) => one.type === 'EmailRequested')
    expect(emails.map(({ data }) => data.email)).toEqual(['handoff', 'reassigned', 'reassigned'])
  })

  it('brings further leads of the company to them', async () => {
    const world = await acceptedWorld()
    await world.describe(world.leadIds[0] as LeadId, { company: 'Acme' })
    const follow = makeFollowQualification(world.ports)
    const published = { type: 'publish', handoffId: world.handoffId }
    await follow(published)
    expect(await world.accounts.latest('company:acme')).toBe(at('Anna'))
    const later = { ...world.reassignPorts, clock: () => '2026-03-02T10:00:00.000Z' }
    await makeReassignHandoff(later)(world.handoffId, { by: 'boss', owner: at('Ben') })
    await follow(published)
    expect(await world.accounts.latest('company:acme')).toBe(at('Ben'))
  })
})

describe('an answer', () => {
  it('for an earlier assignment is refused: somebody else has it by now', async () => {
    const world = await openWorld()
    await world.reassign({ owner: at('Ben') })
    const accept = (name: string, assignment: number) =>
      world.answer(world.handoffId, { type: 'accept', by: at(name), assignment })
    expect(await accept('Anna', 1)).toMatchObject({ type: 'handed-on', handoff: { owner: { name: 'Ben' } } })
    expect(await accept('Ben', 2)).toMatchObject({ type: 'answered' })
    expect(await accept('Anna', 1)).toMatchObject({ type: 'no-longer-open' })
  })

  it('of a colleague in the team makes them its owner', async () => {
    const world = await openWorld()
    await world.answer(world.handoffId, { type: 'accept', by: at('Cara') })
    expect(world.handoff()).toMatchObject({
      owner: { name: 'Cara' },
      answer: { state: 'accepted', by: at('Cara') },
      assignments: [{ because: 'routed' }, { because: 'by-hand', by: at('Cara') }],
    })
    expect(await world.rounds.counted('dach')).toMatchObject([{ owner: at('Cara'), isOpen: true }])
    expect(world.bus.published.filter((one) => one.type === 'EmailRequested')).toHaveLength(1)
  })

  it('of somebody who is not in the team leaves it with its owner', async () => {
    const world = await openWorld()
    await world.answer(world.handoffId, { type: 'accept', by: 'local-sales' })
    expect(world.handoff()).toMatchObject({ owner: { name: 'Anna' }, answer: { by: 'local-sales' } })
  })
})
