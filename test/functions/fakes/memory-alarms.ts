import type { JsonObject } from '../../../domain/json.ts'
import type { Alarms } from '../../../functions/ports.ts'

export interface MemoryAlarms extends Alarms {
  readonly set: Alarms['set']
  /** By name; setting one again changes nothing. */
  readonly items: ReadonlyMap<string, { readonly at: string; readonly message: JsonObject }>
}

export const memoryAlarms = (): MemoryAlarms => {
  const items = new Map<string, { readonly at: string; readonly message: JsonObject }>()
  return {
    items,
    set: async (name, at, message) => {
      if (!items.has(name)) items.set(name, { at, message })
    },
  }
}
