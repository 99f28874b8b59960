import type { Suppression, Suppressions } from '../suppression-ports.ts'

export interface MemorySuppressions extends Suppressions {
  /** By hash. */
  readonly items: ReadonlyMap<string, Suppression>
}

export const memorySuppressions = (): MemorySuppressions => {
  const items = new Map<string, Suppression>()
  return {
    items,
    add: async (addressHash, reason, at) => {
      if (!items.has(addressHash)) items.set(addressHash, { reason, at })
    },
    find: async (addressHash) => items.get(addressHash),
  }
}
