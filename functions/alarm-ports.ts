import type { JsonObject } from '../domain/json.ts'

/** An alarm that could not be set when it should have been: it waits in the queue that its message is for. */
export interface LateAlarm {
  readonly name: string
  readonly at: string
  readonly message: JsonObject
  /** How often it was refused. */
  readonly tries: number
}

/** Tries again to set what was refused. @throws Transient once it has been tried often enough: the message ends among the dead letters. */
export type SetLate = (alarm: LateAlarm) => Promise<void>
