import type { JsonObject } from '../domain/model/json.ts'
import type { AudienceTally } from '../domain/sending/audience.ts'

/** One lane of counting everybody for whom a condition holds, page by page. */
export interface CountLane {
  /** The same for the same condition, purpose and playbook. */
  readonly key: string
  readonly lane: number
  /** Tells a count from an earlier one of the same. */
  readonly countId: string
  readonly where: string
  readonly purpose?: string
  /** RFC 3339 UTC. */
  readonly startedAt: string
  /** Absent while it runs. */
  readonly finishedAt?: string
  readonly tally: AudienceTally
  /** Leads looked at. */
  readonly read: number
  /** Of the message that is to come. */
  readonly page: number
  /** When the last one was taken; absent: none was yet. */
  readonly turnedAt?: string
  readonly next?: string
  /** 0: not stored yet. */
  readonly version: number
}

export interface CountLanes {
  /** Strongly consistent. */
  load(key: string, lane: number): Promise<CountLane | undefined>
  /** One conditional write against `version`. @returns what stands. @throws Conflict */
  commit(lane: CountLane): Promise<CountLane>
}

/** Puts a message on the queue of what works on audiences, to be handed out after `delay` seconds (at most 900). */
export type EnqueueAudience = (message: JsonObject, delay?: number) => Promise<void>
