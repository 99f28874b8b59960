import type * as z from 'zod/mini'
import type { Line, LineContext } from './event-words.ts'

/** A function behind a queue that events of the bus are put on. */
export type EventWorker = 'nurture' | 'send' | 'handoff' | 'erase' | 'rescore' | 'webhook'

export type ToLine<Data> = (data: Data, context: LineContext) => Line | undefined

/** One kind of event: everything that differs from kind to kind, in one place. */
export interface EventRow<Schema extends z.ZodMiniType, Workers extends readonly EventWorker[]> {
  /** What `data` holds beside the lead's id. No personal data. */
  readonly data: Schema
  /** The workers on whose queues the bus puts it. `webhook`: a playbook may name it under `notify`. */
  readonly takenBy: Workers
  /** What happened, in English; `domain/texts` has the other languages of what webhooks report. */
  readonly title: string
  /** What a rehearsal prints. */
  readonly line: ToLine<z.output<Schema>>
}

export const event = <Schema extends z.ZodMiniType, const Workers extends readonly EventWorker[]>(
  row: EventRow<Schema, Workers>,
): EventRow<Schema, Workers> => row
