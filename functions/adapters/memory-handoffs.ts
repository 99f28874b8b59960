import type { Handoff } from '../../domain/handoff/handoff.ts'
import { type Counted, countedIn, type RoundRobin } from '../../domain/handoff/routing.ts'
import type { Handoffs } from '../ports.ts'
import type { RoundRobins } from '../webhook-ports.ts'
import { memoryVersions } from './memory-versions.ts'

interface MemoryHandoffs extends Handoffs {
  readonly items: ReadonlyMap<string, Handoff>
  readonly rounds: RoundRobins
}

export const memoryHandoffs = (): MemoryHandoffs => {
  const { items, load, commit, clearOutbox } = memoryVersions<Handoff>()
  const teams = memoryTeams()
  const stateOf = ({ answer }: Handoff) => answer.state
  return {
    items,
    rounds: teams.rounds,
    load: (_leadId, handoffId) => load(handoffId),
    find: load,
    list: async (leadId) => [...items.values()].filter((handoff) => handoff.leadId === leadId),
    page: async ({ state, owner, limit, cursor }) => {
      const all = [...items.values()].filter(
        (handoff) =>
          stateOf(handoff) === state &&
          (owner === undefined || handoff.owner.email.toLowerCase() === owner.toLowerCase()),
      )
      const from = cursor === undefined ? 0 : Number(cursor)
      const next = from + limit < all.length ? { next: String(from + limit) } : {}
      return { items: all.slice(from, from + limit), ...next }
    },
    commit: (handoff) => commit(handoff.handoffId, handoff),
    clearOutbox: ({ handoffId, version }) => clearOutbox(handoffId, version),
    count: teams.count,
  }
}

const memoryTeams = () => {
  const rounds = memoryVersions<RoundRobin>()
  const counted = new Map<string, Map<string, Counted & { readonly version: number }>>()
  return {
    rounds: {
      load: async (team: string): Promise<RoundRobin> =>
        (await rounds.load(team)) ?? { team, version: 0, owed: {}, claims: [] },
      commit: (round: RoundRobin) => rounds.commit(round.team, round),
      counted: async (team: string) => [...(counted.get(team)?.values() ?? [])],
    },
    count: async (handoff: Handoff): Promise<void> => {
      for (const one of countedIn(handoff)) {
        const ofTeam = counted.get(one.team) ?? new Map()
        counted.set(one.team, ofTeam)
        if ((ofTeam.get(one.handoffId)?.version ?? 0) <= handoff.version)
          ofTeam.set(one.handoffId, { ...one, version: handoff.version })
      }
    },
  }
}
