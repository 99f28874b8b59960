import type { Handoff } from '../../domain/handoff/handoff.ts'
import { Conflict, type Handoffs } from '../ports.ts'

export interface MemoryHandoffs extends Handoffs {
  readonly items: ReadonlyMap<string, Handoff>
}

export const memoryHandoffs = (): MemoryHandoffs => {
  const items = new Map<string, Handoff>()
  const rounds = new Map<string, string[]>()
  const stateOf = ({ answer }: Handoff) => answer.state
  return {
    items,
    load: async (_leadId, handoffId) => items.get(handoffId),
    find: async (handoffId) => items.get(handoffId),
    list: async (leadId) => [...items.values()].filter((handoff) => handoff.leadId === leadId),
    page: async ({ state, limit, cursor }) => {
      const all = [...items.values()].filter((handoff) => stateOf(handoff) === state)
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
    nextTurn: async (team, handoffId) => {
      const round = rounds.get(team) ?? []
      rounds.set(team, round)
      if (!round.includes(handoffId)) round.push(handoffId)
      return round.indexOf(handoffId)
    },
  }
}
