import { describe, expect, it } from 'vitest'
import { loadsOf } from '../../../domain/handoff/routing.ts'
import type { LeadId } from '../../../domain/model/activity.ts'
import type { HandoffRules, Team } from '../../../domain/model/handoff-rules.ts'
import { makeAnswerHandoff } from '../../../functions/handoff/answer-handoff.ts'
import { makeFollowDeals } from '../../../functions/handoff/follow-deals.ts'
import { makeHandOffLead, makeRememberAccount } from '../../../functions/handoff/hand-off-lead.ts'
import { at, member, team } from '../../domain/handoff/teams.ts'
import { handoffWorld, now } from './handoff-world.ts'

const today = { from: now.slice(0, 10), to: now.slice(0, 10) }
const away = { absent: [today] }

const teams = (dach: Partial<Team> = {}, world: Partial<Team> = {}) => ({
  dach: team({ members: [member('Anna'), member('Ben')], ...dach }),
  uk: team({ id: 'uk', members: [member('Uma')] }),
  world: team({ id: 'world', members: [member('Wim'), member('Wanda')], ...world }),
})
const route = [
  { when: 'lead.country in ["DE", "AT"]', team: 'dach' },
  { when: 'lead.country == "GB"', team: 'uk' },
  { team: 'world' },
]

/** Leads that qualify one after the other: of whom is it said, and who gets them. */
const salesWorld = async (count: number, parts: Partial<HandoffRules> = {}) => {
  const world = await handoffWorld(count, { teams: teams(), route, ...parts })
  const { ports, leadIds, handoffs } = world
  const handOff = makeHandOffLead(ports)
  const rememberAccount = makeRememberAccount(ports)
  const answer = makeAnswerHandoff({ ...ports, rules: ports.rules.playbook.handoff })
  const followDeals = makeFollowDeals(ports)
  const idOf = (lead: number): LeadId => {
    const leadId = leadIds[lead - 1]
    if (!leadId) throw new Error('no such lead')
    return leadId
  }
  const handoffOf = (lead: number) => handoffs.items.get(`${idOf(lead)}.1`)
  return {
    ...world,
    idOf,
    handoffOf,
    /** @returns who got it, and why. */
    qualify: async (lead: number, attributes: Readonly<Record<string, string>> = { country: 'DE' }) => {
      await world.describe(idOf(lead), attributes)
      await handOff(world.qualified(idOf(lead)))
      const { owner, assignments } = handoffOf(lead) ?? {}
      return `${owner?.name} ${assignments?.at(-1)?.because}`
    },
    accept: async (lead: number, by = handoffOf(lead)?.owner.email ?? '') => {
      const outcome = await answer(`${idOf(lead)}.1`, { type: 'accept', by })
      await rememberAccount(`${idOf(lead)}.1`)
      return outcome
    },
    reject: (lead: number) => answer(`${idOf(lead)}.1`, { type: 'reject', by: 'x', reason: 'not-now' }),
    close: async (lead: number, status: 'won' | 'lost') => {
      await world.sell(idOf(lead), { status, closedAt: '2026-03-05T09:00:00.000Z' })
      await followDeals(`${idOf(lead)}.1`)
    },
    loads: async (id = 'dach') => {
      const [{ claims }, counted] = await Promise.all([world.rounds.load(id), world.rounds.counted(id)])
      return Object.fromEntries(loadsOf(counted, claims, '2026-03-02T10:00:00.000Z'))
    },
  }
}

describe('a lead that qualifies is routed', () => {
  it.each<[string, Readonly<Record<string, string>>, string, string]>([
    ['to the team of the first route that matches', { country: 'AT' }, 'dach', 'Anna routed'],
    ['to another by another attribute', { country: 'GB' }, 'uk', 'Uma routed'],
    ['to the default team where none matches', { country: 'JP' }, 'world', 'Wim routed'],
    ['to the default team where nothing is known', {}, 'world', 'Wim routed'],
  ])('%s', async (_name, attributes, expected, owner) => {
    const { qualify, handoffOf } = await salesWorld(1)
    expect(await qualify(1, attributes)).toBe(owner)
    expect(handoffOf(1)?.team).toBe(expected)
  })

  it('to the default team where all of its own are away or full, with an alarm', async () => {
    const world = await salesWorld(2, {
      teams: teams({ members: [member('Anna', away), member('Ben', { capacity: 1 })] }),
    })
    expect(await world.qualify(1)).toBe('Ben routed')
    expect(await world.qualify(2)).toBe('Wim fallback')
    expect(world.handoffOf(2)?.team).toBe('world')
    expect(world.alerted).toEqual(['dach'])
  })

  it('to the lead of the default team where that is empty too', async () => {
    const lead = member('Lea')
    const world = await salesWorld(1, {
      teams: teams({ members: [member('Anna', away)] }, { lead, members: [member('Wim', away)] }),
    })
    expect(await world.qualify(1)).toBe('Lea fallback')
    const told = world.bus.published.find(({ type }) => type === 'HandoffAssigned')
    expect(told?.data).toMatchObject({ team: 'world', lead: true, because: 'fallback' })
  })

  it('to whoever has the least to do where that has no lead: it is never lost', async () => {
    const full = [member('Wim', { capacity: 1 }), member('Wanda', { ...away, capacity: 1 })] as const
    const world = await salesWorld(3, { teams: teams({}, { members: full }), route: [{ team: 'world' }] })
    expect(await world.qualify(1)).toBe('Wim routed')
    expect(await world.qualify(2)).toBe('Wanda fallback')
    expect(await world.qualify(3)).toMatch(/^(Wim|Wanda) fallback$/)
    expect(world.alerted).toEqual(['world', 'world'])
  })
})

describe('what a member has open', () => {
  it('goes down by a no, a win and a loss, and stays with a yes', async () => {
    const world = await salesWorld(8)
    for (let lead = 1; lead <= 8; lead += 1) await world.qualify(lead)
    expect(await world.loads()).toEqual({ [at('Anna')]: 4, [at('Ben')]: 4 })
    await world.accept(1)
    await world.reject(2)
    await world.accept(3)
    await world.close(3, 'won')
    await world.close(3, 'won')
    await world.accept(4)
    await world.close(4, 'lost')
    expect(await world.loads()).toEqual({ [at('Anna')]: 3, [at('Ben')]: 2 })
    expect(world.handoffOf(3)?.answer).toEqual({
      state: 'won',
      at: '2026-03-05T09:00:00.000Z',
      accepted: { at: now, by: at('Anna') },
    })
  })

  it('lets the capacity free again', async () => {
    const members = [member('Anna', { capacity: 1 }), member('Ben', { capacity: 1 })] as const
    const world = await salesWorld(4, { teams: teams({ members }) })
    expect([await world.qualify(1), await world.qualify(2)]).toEqual(['Anna routed', 'Ben routed'])
    expect(await world.qualify(3)).toBe('Wim fallback')
    await world.reject(2)
    expect(await world.qualify(4)).toBe('Ben routed')
  })

  it('counts for a member of two teams in each for itself', async () => {
    const both = { members: [member('Anna', { capacity: 1 })] as const }
    const world = await salesWorld(2, { teams: teams(both, both) })
    expect(await world.qualify(1, { country: 'DE' })).toBe('Anna routed')
    expect(await world.qualify(2, { country: 'JP' })).toBe('Anna routed')
  })
})

describe('a lead that somebody had before', () => {
  const sticky = ['lead', 'account'] as const
  const merge = async (world: Awaited<ReturnType<typeof salesWorld>>, into: number, member: number) =>
    world.change(world.idOf(into), { members: [world.idOf(member)] })

  it('goes to whoever accepted it last, also as part of somebody merged into it', async () => {
    const world = await salesWorld(3, { teams: teams({ sticky }) })
    expect(await world.qualify(1, {})).toBe('Wim routed')
    await world.accept(1)
    await world.close(1, 'lost')
    await merge(world, 3, 1)
    expect(await world.qualify(3)).toBe('Wim sticky')
    expect(world.handoffOf(3)?.team).toBe('world')
  })

  it('does not stay with whoever rejected it', async () => {
    const world = await salesWorld(3, { teams: teams({ sticky }) })
    await world.qualify(1)
    await world.qualify(2)
    await world.reject(2)
    await merge(world, 3, 2)
    expect(await world.qualify(3)).toBe('Anna routed')
  })

  const acme = { country: 'DE', company: 'ACME GmbH' }
  it.each<[string, Partial<Team>, Readonly<Record<string, string>>, string]>([
    ['by company, however it is written', {}, { country: 'DE', company: 'Acme' }, 'Anna sticky'],
    ['by the domain of the address', {}, { country: 'DE' }, 'Anna sticky'],
    ['but not where the team does not ask for it', { sticky: ['lead'] }, acme, 'Ben routed'],
    [
      'but not to somebody who is away',
      { members: [member('Ben'), member('Anna', away)] },
      acme,
      'Ben routed',
    ],
    [
      'but not to somebody who is full',
      { members: [member('Ben'), member('Anna', { capacity: 1 })] },
      acme,
      'Ben routed',
    ],
    ['but not to somebody who has left', { members: [member('Ben')] }, acme, 'Ben routed'],
  ])('goes to whoever has the account: %s', async (_name, later, attributes, expected) => {
    const before = await salesWorld(2, { teams: teams({ sticky }) })
    expect(await before.qualify(1, acme)).toBe('Anna routed')
    await before.accept(1)
    const { dach, ...others } = teams({ sticky, ...later })
    // The playbook as it is by the time of the second lead.
    const rules = { ...before.rules, playbook: { ...before.rules.playbook } }
    const handoff = { ...rules.playbook.handoff, teams: { dach, ...others } }
    const ports = { ...before.ports, rules: { ...rules, playbook: { ...rules.playbook, handoff } } }
    await before.describe(before.idOf(2), attributes)
    await makeHandOffLead(ports)(before.qualified(before.idOf(2)))
    const { owner, assignments } = before.handoffOf(2) ?? {}
    expect(`${owner?.name} ${assignments?.[0]?.because}`).toBe(expected)
  })

  it('takes no turn of the others', async () => {
    const world = await salesWorld(4, { teams: teams({ sticky: ['account'] }) })
    await world.qualify(1, acme)
    await world.accept(1)
    for (const lead of [3, 4]) await world.change(world.idOf(lead), { email: `${lead}@other.example` })
    expect(await world.qualify(2, acme)).toBe('Anna sticky')
    expect([await world.qualify(3), await world.qualify(4)]).toEqual(['Ben routed', 'Anna routed'])
  })

  it('is not remembered where no team asks for it', async () => {
    const world = await salesWorld(1)
    await world.qualify(1, acme)
    await world.accept(1)
    expect(await world.ports.accounts.latest('company:acme')).toBeUndefined()
  })
})
