import type * as z from 'zod/mini'
import type { Line, LineContext } from './event-words.ts'

/** A function whose queue receives events of the bus. */
export type EventWorker = 'nurture' | 'send' | 'handoff' | 'erase' | 'rescore' | 'webhook'

export type ToLine<Data> = (data: Data, context: LineContext) => Line | undefined

/** Everything specific to one type of event, in one place. */
export interface EventRow<Schema extends z.ZodMiniType, Workers extends readonly EventWorker[]> {
  /** Schema of `data`, besides the lead's id. No personal data. */
  readonly data: Schema
  /** The workers that receive it. `webhook`: a playbook may subscribe to it under `notify`. */
  readonly takenBy: Workers
  /** The event in English; `domain/texts` has translations for those that webhooks report. */
  readonly title: string
  /** Line in a rehearsal. */
  readonly line: ToLine<z.output<Schema>>
}

export const event = <Schema extends z.ZodMiniType, const Workers extends readonly EventWorker[]>(
  row: EventRow<Schema, Workers>,
): EventRow<Schema, Workers> => row
