import type { Handoff } from '../../domain/handoff/handoff.ts'
import { type Counted, countedIn, type Round } from '../../domain/handoff/routing.ts'
import { Conflict, type Handoffs } from '../ports.ts'
import type { Rounds } from '../webhook-ports.ts'

interface MemoryHandoffs extends Handoffs {
  readonly items: ReadonlyMap<string, Handoff>
  readonly rounds: Rounds
}

export const memoryHandoffs = (): MemoryHandoffs => {
  const items = new Map<string, Handoff>()
  const teams = memoryTeams()
  const stateOf = ({ answer }: Handoff) => answer.state
  return {
    items,
    rounds: teams.rounds,
    load: async (_leadId, handoffId) => items.get(handoffId),
    find: async (handoffId) => items.get(handoffId),
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
    commit: async (handoff) => {
      if ((items.get(handoff.handoffId)?.version ?? 0) !== handoff.version)
        throw new Conflict(handoff.handoffId)
      items.set(handoff.handoffId, { ...handoff, version: handoff.version + 1 })
    },
    clearOutbox: async ({ handoffId, version }) => {
      const handoff = items.get(handoffId)
      if (handoff?.version === version) items.set(handoffId, { ...handoff, outbox: [] })
    },
    count: teams.count,
  }
}

const memoryTeams = () => {
  const rounds = new Map<string, Round>()
  const counted = new Map<string, Map<string, Counted & { readonly version: number }>>()
  return {
    rounds: {
      load: async (team: string): Promise<Round> =>
        rounds.get(team) ?? { team, version: 0, owed: {}, claims: [] },
      commit: async (round: Round): Promise<void> => {
        if ((rounds.get(round.team)?.version ?? 0) !== round.version) throw new Conflict(round.team)
        rounds.set(round.team, { ...round, version: round.version + 1 })
      },
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
