import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Handoff } from '../../../domain/handoff/handoff.ts'
import type { LeadId } from '../../../domain/model/activity.ts'
import type { Team } from '../../../domain/model/handoff-rules.ts'
import { makeHandOffLead } from '../../../functions/handoff/hand-off-lead.ts'
import { member, team } from '../../domain/handoff/teams.ts'
import { crowd, runs } from '../../support/runs.ts'
import { Crash, crashAt } from '../fakes/crash-at.ts'
import { dawdling, seeded } from '../fakes/dawdling.ts'
import { handoffWorld } from './handoff-world.ts'

const five = ['Anna', 'Ben', 'Cara', 'Dora', 'Emil'] as const
const members = (weights: readonly number[] = []) => {
  const [first, ...others] = five.map((name, index) => {
    const weight = weights[index]
    return member(name, weight === undefined ? {} : { weight })
  })
  if (!first) throw new Error('nobody')
  return [first, ...others] as const
}

type World = Pick<Awaited<ReturnType<typeof handoffWorld>>, 'ports' | 'handoffs' | 'bus' | 'leadIds'>

/** One of the containers of the function: what it does at once it does by itself. */
const container = (world: World, around: <Port extends object>(port: Port) => Port) => {
  const { leads, handoffs, rounds, bus, timers, ...rest } = world.ports
  return makeHandOffLead({
    ...rest,
    leads: around(leads),
    handoffs: around(handoffs),
    rounds: around(rounds),
    bus: around(bus),
    timers: around(timers),
  })
}

const shares = ({ handoffs }: World, of: Team): number[] => {
  const owners = Map.groupBy(handoffs.items.values(), ({ owner }: Handoff) => owner.name)
  return of.members.map(({ name }) => owners.get(name)?.length ?? 0)
}

/** Everybody was given each of theirs by one email, and nobody else was. */
const expectOneOwnerEach = ({ handoffs, bus, leadIds }: World): void => {
  expect(handoffs.items.size).toBe(leadIds.length)
  for (const { assignments, outbox } of handoffs.items.values())
    if (assignments.length !== 1 || outbox.length > 0) expect([assignments.length, outbox]).toEqual([1, []])
  const told = new Set(bus.published.map(({ id }) => id))
  expect(told.size).toBe(leadIds.length * 3)
}

/** Works through `work`, so many at a time. */
const flood = async <Work>(work: readonly Work[], atOnce: number, take: (one: Work) => Promise<void>) => {
  const open = work.values()
  await Promise.all(
    Array.from({ length: atOnce }, async () => {
      for (const one of open) await take(one)
    }),
  )
}

describe('the handoffs of a team', () => {
  const count = crowd(10_000)
  it(`differ by at most one among five, ${count} of them, at once and told twice`, async () => {
    const dach = team({ members: members() })
    const world = await handoffWorld(count, { teams: { dach } })
    const random = seeded(11)
    // Two, as there are deployed; of leads nothing but reading is asked here.
    const leads = { ...world.leads, load: async (leadId: LeadId) => world.leads.items.get(leadId) }
    const light = { ...world, ports: { ...world.ports, leads } }
    const containers = [1, 2].map(() => container(light, dawdling(random)))
    const messages = [...world.leadIds, ...world.leadIds.filter(() => random() < 0.2)]
      .map((leadId) => ({ leadId, rank: random() }))
      .toSorted((one, other) => one.rank - other.rank)
    await flood(messages, 40, async ({ leadId }) => {
      const takeIn = containers[Math.floor(random() * containers.length)]
      await takeIn?.(world.qualified(leadId))
    })
    expect(shares(world, dach)).toEqual(five.map(() => count / 5))
    expectOneOwnerEach(world)
    const { claims } = await world.rounds.load('dach')
    // What is remembered of so many turns does not grow with them.
    expect(claims.length).toBeLessThan(100)
  }, 60_000)

  const anyMessage = fc.record({
    lead: fc.nat(14),
    container: fc.nat(2),
    crash: fc.option(fc.record({ call: fc.nat(12), done: fc.boolean() })),
  })

  it.each<[string, Partial<Team>, readonly number[]]>([
    ['round-robin', {}, [3, 3, 3, 3, 3]],
    ['weighted', { strategy: 'weighted', members: members([5, 4, 3, 2, 1]) }, [5, 4, 3, 2, 1]],
    ['least-loaded', { strategy: 'least-loaded' }, [3, 3, 3, 3, 3]],
  ])(
    '%s: are shared fairly, one owner for each, whatever comes when and how often, and wherever functions die',
    async (_name, parts, expected) => {
      await fc.assert(
        fc.asyncProperty(fc.array(anyMessage, { maxLength: 40 }), fc.nat(), async (messages, seed) => {
          const dach = team({ members: members(), ...parts })
          const world = await handoffWorld(15, { teams: { dach } })
          const random = seeded(seed)
          const idOf = (lead: number): LeadId => {
            const leadId = world.leadIds[lead]
            if (!leadId) throw new Error('no lead')
            return leadId
          }
          const sound = [0, 1, 2].map(() => container(world, dawdling(random)))
          await flood(messages, 8, async ({ lead, container: which, crash }) => {
            const take = crash ? container(world, crashAt(crash)) : sound[which]
            await take?.(world.qualified(idOf(lead))).catch((error: unknown) => {
              if (!(error instanceof Crash)) throw error
            })
          })
          // What was cut short comes again.
          await flood(world.leadIds, 5, async (leadId) => sound[0]?.(world.qualified(leadId)))
          expect(shares(world, dach)).toEqual(expected)
          expectOneOwnerEach(world)
        }),
        { numRuns: runs(40) },
      )
    },
  )
})
