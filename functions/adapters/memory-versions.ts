import { Conflict } from '../ports.ts'

interface Versioned {
  /** 0: not stored yet. */
  readonly version: number
}

/** Values as `dynamoEntities` keeps them, each replaced by the next version of what was seen. */
export const memoryVersions = <Value extends Versioned>() => {
  const items = new Map<string, Value>()
  return {
    items,
    load: async (key: string): Promise<Value | undefined> => items.get(key),

    /** @returns what stands. @throws Conflict */
    commit: async (key: string, value: Value): Promise<Value> => {
      if ((items.get(key)?.version ?? 0) !== value.version) throw new Conflict(key)
      const current = { ...value, version: value.version + 1 }
      items.set(key, current)
      return current
    },

    /** Empties the outbox unless somebody has committed since. */
    clearOutbox: async (key: string, version: number): Promise<void> => {
      const current = items.get(key)
      if (current?.version === version) items.set(key, { ...current, outbox: [] })
    },
  }
}
