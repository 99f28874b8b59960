import type { MappedActivity } from '../../../domain/hook/map-event.ts'
import type { DealOwner, HookDay, HookDeals, HookFigures } from '../../../functions/webhook-ports.ts'

export interface MemoryHookDeals extends HookDeals {
  readonly owners: ReadonlyMap<string, DealOwner>
  /** Everything that is kept, of all deals. */
  readonly waiting: () => readonly MappedActivity[]
}

export const memoryHookDeals = (): MemoryHookDeals => {
  const owners = new Map<string, DealOwner>()
  const kept = new Map<string, Map<string, MappedActivity>>()
  const keyOf = (source: string, dealId: string) => `${source}#${dealId}`
  return {
    owners,
    waiting: () => [...kept.values()].flatMap((ofDeal) => [...ofDeal.values()]),
    owner: async (source, dealId) => owners.get(keyOf(source, dealId)),
    setOwner: async (source, dealId, owner) => {
      const known = owners.get(keyOf(source, dealId))
      if (known === undefined || known.taughtAt < owner.taughtAt) owners.set(keyOf(source, dealId), owner)
    },
    keep: async (source, dealId, activity) => {
      const key = keyOf(source, dealId)
      kept.set(key, new Map([...(kept.get(key) ?? []), [activity.id, activity]]))
    },
    kept: async (source, dealId) =>
      [...(kept.get(keyOf(source, dealId))?.values() ?? [])].sort((a, b) =>
        a.occurredAt < b.occurredAt ? -1 : 1,
      ),
    drop: async (source, dealId, activities) => {
      for (const { id } of activities) kept.get(keyOf(source, dealId))?.delete(id)
    },
  }
}

export const memoryHookFigures = (): HookFigures => {
  const days = new Map<string, HookDay>()
  return {
    add: async (source, at, counts) => {
      const key = `${source}#${at.slice(0, 10)}`
      const before = days.get(key)?.counts ?? {}
      const sums = { ...before }
      for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count
      days.set(key, { day: at.slice(0, 10), lastReceivedAt: at, counts: sums })
    },
    since: async (source, from) =>
      [...days].flatMap(([key, day]) => (key.startsWith(`${source}#`) && day.day >= from ? [day] : [])),
  }
}
