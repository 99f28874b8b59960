import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Handoff } from '../../../domain/handoff/handoff.ts'
import { type LeadId, parseLeadId } from '../../../domain/model/activity.ts'
import { dynamoAccounts, dynamoHandoffs, dynamoRounds } from '../../../functions/adapters/dynamo-handoffs.ts'
import { dynamoRemains } from '../../../functions/adapters/dynamo-remains.ts'
import { makeHandOffLead } from '../../../functions/handoff/hand-off-lead.ts'
import { Conflict, type Handoffs } from '../../../functions/ports.ts'
import type { RoundRobins } from '../../../functions/webhook-ports.ts'
import { at, member, team } from '../../domain/handoff/teams.ts'
import { handoffWorld } from '../handoff/handoff-world.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

const leadIdOf = (number: number): LeadId => {
  const leadId = parseLeadId(`lead-${String(number).padStart(4, '0')}`)
  if (!leadId) throw new Error('not a lead id')
  return leadId
}

const assigned = (id: string, name: string) => ({
  team: id,
  owner: { name, email: at(name) },
  at: '2026-03-02T09:00:00.000Z',
  because: 'routed' as const,
})

const make = (number: number, more: Partial<Handoff> = {}): Handoff => {
  const first = assigned('dach', 'Anna')
  return {
    handoffId: `${leadIdOf(number)}.1`,
    leadId: leadIdOf(number),
    team: first.team,
    owner: first.owner,
    assignments: [first],
    score: 61.5,
    stage: 'intent',
    requestedAt: first.at,
    dueAt: first.at,
    answer: { state: 'requested' },
    version: 1,
    outbox: [],
    ...more,
  }
}

describe('turns and loads in the table', () => {
  let table: TestTable
  let handoffs: Handoffs
  let rounds: RoundRobins
  beforeAll(async () => {
    table = await startTable()
    handoffs = dynamoHandoffs(table.client, table.tableName)
    rounds = dynamoRounds(table.client, table.tableName)
  })
  afterAll(() => table.stop())

  const open = async (id: string) =>
    (await rounds.counted(id))
      .filter(({ isOpen }) => isOpen)
      .map(({ handoffId, owner }) => [handoffId, owner])

  it('begin empty, and are committed by one of two', async () => {
    const empty = await rounds.load('new')
    expect(empty).toEqual({ team: 'new', version: 0, owed: {}, claims: [] })
    const claim = {
      handoffId: 'h',
      assignment: 1,
      owner: at('Anna'),
      because: 'routed',
      at: '2026-03-02T09:00:00.000Z',
    } as const
    const round = { ...empty, owed: { [at('Anna')]: -1000 }, claims: [claim] }
    await rounds.commit(round)
    expect(await rounds.load('new')).toEqual({ ...round, version: 1 })
    await expect(rounds.commit(round)).rejects.toBeInstanceOf(Conflict)
    await rounds.commit({ ...round, version: 1, claims: [] })
    expect(await rounds.load('new')).toMatchObject({ version: 2, claims: [] })
  })

  it('count a handoff with whoever has it while it is open, whichever version comes last', async () => {
    const first = make(1)
    const second = assigned('uk', 'Uma')
    const moved = make(1, { ...second, assignments: [...first.assignments, second], version: 2 })
    const accepted = {
      ...moved,
      answer: { state: 'accepted', at: second.at, by: at('Uma') } as const,
      version: 3,
    }
    const won = { ...accepted, answer: { state: 'won', at: second.at } as const, version: 4 }
    await handoffs.count(first)
    expect(await open('dach')).toEqual([[first.handoffId, at('Anna')]])
    await handoffs.count(moved)
    await handoffs.count(first)
    expect([await open('dach'), await open('uk')]).toEqual([[], [[first.handoffId, at('Uma')]]])
    await handoffs.count(accepted)
    expect(await open('uk')).toHaveLength(1)
    await handoffs.count(won)
    await handoffs.count(accepted)
    await handoffs.count(moved)
    expect([await open('dach'), await open('uk')]).toEqual([[], []])
  })

  it('count many', async () => {
    const many = Array.from({ length: 60 }, (_, index) =>
      make(100 + index, { team: 'many', assignments: [assigned('many', 'Anna')] }),
    )
    await Promise.all(many.map((handoff) => handoffs.count(handoff)))
    expect(await open('many')).toHaveLength(60)
  })

  it('forget what belongs to a person who is erased, and who had their company', async () => {
    const accounts = dynamoAccounts({ ...table, hash: (text) => `hash-of-${text.length}` })
    const [gone, stays] = [make(3), make(4)]
    await handoffs.count(gone)
    await handoffs.count(stays)
    const accepted = (handoff: Handoff, day: string) => ({
      ...handoff,
      owner: at('Anna'),
      at: `2026-03-0${day}`,
    })
    await accounts.remember('company:acme', accepted(gone, '3'))
    await accounts.remember('company:acme', { ...accepted(gone, '3'), owner: at('Ben') })
    await accounts.remember('company:acme', accepted(stays, '2'))
    expect(await accounts.latest('company:acme')).toBe(at('Ben'))
    const remains = dynamoRemains(table.client, table.tableName)
    await remains.dropPointers(gone.leadId, [])
    expect((await open('dach')).map(([id]) => id)).toEqual([stays.handoffId])
    expect(await accounts.latest('company:acme')).toBe(at('Anna'))
    await remains.dropPointers(stays.leadId, [])
    expect(await accounts.latest('company:acme')).toBeUndefined()
  })

  it.each(['round-robin', 'least-loaded'] as const)(
    '%s: are fair where two containers take them at once, and messages come twice',
    async (strategy) => {
      const five = [member('Anna'), member('Ben'), member('Cara'), member('Dora'), member('Emil')] as const
      const teams = { [strategy]: team({ id: strategy, strategy, members: five }) }
      const world = await handoffWorld(30, { teams, route: [{ team: strategy }] })
      const { leadIds } = world
      const own = await startTable()
      const turns = dynamoRounds(own.client, own.tableName)
      const ports = { ...world.ports, handoffs: dynamoHandoffs(own.client, own.tableName), rounds: turns }
      const containers = [makeHandOffLead(ports), makeHandOffLead(ports)]
      await Promise.all(
        [...leadIds, ...leadIds.slice(0, 10)].map((leadId, index) =>
          containers[index % 2]?.(world.qualified(leadId)),
        ),
      )
      const owners = Map.groupBy(await turns.counted(strategy), ({ owner }) => owner)
      await own.stop()
      expect(five.map(({ email }) => owners.get(email)?.length)).toEqual([6, 6, 6, 6, 6])
    },
  )
})
