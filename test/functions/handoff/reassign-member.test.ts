import { describe, expect, it } from 'vitest'
import { makeAnswerHandoff } from '../../../functions/handoff/answer-handoff.ts'
import { makeHandOffLead } from '../../../functions/handoff/hand-off-lead.ts'
import { makeReassignMember } from '../../../functions/handoff/reassign-handoff.ts'
import { at, member, team } from '../../domain/handoff/teams.ts'
import { handoffWorld } from './handoff-world.ts'

/** Handoffs of Anna, Ben and Cara in turn, of which every other one is accepted. */
const busyWorld = async (count: number, members = team().members) => {
  const world = await handoffWorld(count, { teams: { dach: team({ members }) } })
  const handOff = makeHandOffLead(world.ports)
  const ports = { ...world.ports, rules: world.rules.playbook.handoff }
  const answer = makeAnswerHandoff(ports)
  for (const [index, leadId] of world.leadIds.entries()) {
    await handOff(world.qualified(leadId))
    if (index % 2 === 0) await answer(`${leadId}.1`, { type: 'accept', by: 'sales' })
  }
  const owners = () => [...world.handoffs.items.values()].map(({ owner }) => owner.name)
  const reassign = makeReassignMember(ports)
  return { ...world, owners, reassign: (email: string) => reassign('dach', email, { by: 'boss' }) }
}

describe('giving away all that somebody has', () => {
  it('shares it among the others, be it open or accepted', async () => {
    const world = await busyWorld(12)
    const outcome = await world.reassign(at('Anna'))
    expect(outcome).toMatchObject({ type: 'reassigned', left: 0 })
    const shares = Map.groupBy(world.owners(), (name) => name)
    expect([...shares].map(([name, { length }]) => [name, length]).toSorted()).toEqual([
      ['Ben', 6],
      ['Cara', 6],
    ])
    const states = [...world.handoffs.items.values()].map(({ answer }) => answer.state)
    expect(states.filter((state) => state === 'accepted')).toHaveLength(6)
    expect(await world.reassign(at('Anna'))).toEqual({ type: 'reassigned', handoffs: [], left: 0 })
  })

  it('does fifty at once, and says how many are left', async () => {
    const world = await busyWorld(156)
    const first = await world.reassign(at('Anna'))
    expect(first).toMatchObject({ type: 'reassigned', left: 2 })
    expect(await world.reassign(at('Anna'))).toMatchObject({ handoffs: [{}, {}], left: 0 })
    expect(world.owners()).not.toContain('Anna')
  })

  it('is refused where they are alone', async () => {
    const world = await busyWorld(2, [member('Anna')])
    expect(await world.reassign(at('Anna'))).toMatchObject({ type: 'nobody-else' })
    expect(world.owners()).toEqual(['Anna', 'Anna'])
  })

  it('leaves alone what somebody else has by then', async () => {
    const world = await busyWorld(3)
    const stale = await world.rounds.counted('dach')
    await world.reassign(at('Anna'))
    const before = world.owners()
    const rounds = { ...world.rounds, counted: async () => stale }
    const ports = { ...world.ports, rounds, rules: world.rules.playbook.handoff }
    expect(await makeReassignMember(ports)('dach', at('Anna'), { by: 'boss' })).toMatchObject({
      handoffs: [],
    })
    expect(world.owners()).toEqual(before)
  })
})
