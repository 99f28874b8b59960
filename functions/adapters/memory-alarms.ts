import type { JsonObject } from '../../domain/json.ts'
import type { Alarms } from '../ports.ts'

export interface MemoryAlarm {
  readonly at: string
  readonly message: JsonObject
}

export interface MemoryAlarms extends Alarms {
  readonly set: Alarms['set']
  /** By name; setting one again changes nothing. */
  readonly items: ReadonlyMap<string, MemoryAlarm>
  /** When the next one goes off. */
  nextAt(): string | undefined
  /** Takes off the one that goes off next; of several at the same moment the one set first. */
  take(): MemoryAlarm | undefined
}

export const memoryAlarms = (): MemoryAlarms => {
  const items = new Map<string, MemoryAlarm>()
  const next = (): readonly [string, MemoryAlarm] | undefined =>
    [...items].reduce<readonly [string, MemoryAlarm] | undefined>(
      (first, item) => (first === undefined || item[1].at < first[1].at ? item : first),
      undefined,
    )
  return {
    items,
    set: async (name, at, message) => {
      if (!items.has(name)) items.set(name, { at, message })
    },
    nextAt: () => next()?.[1].at,
    take: () => {
      const [name, alarm] = next() ?? []
      if (name !== undefined) items.delete(name)
      return alarm
    },
  }
}
