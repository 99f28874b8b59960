import * as z from 'zod/mini'
import type { EventWorker, ToLine } from './event-row.ts'
import type { Line, LineContext } from './event-words.ts'
import {
  type DecisionType,
  type EventData,
  type EventType,
  leadEvents,
  systemEvents,
  type TakenBy,
} from './events.ts'

interface Row<Type extends EventType> {
  readonly data: z.ZodMiniType<EventData[Type]>
  readonly takenBy: readonly EventWorker[]
  readonly title: string
  readonly line: ToLine<EventData[Type]>
}

export const events: { readonly [Type in EventType]: Row<Type> } = { ...leadEvents, ...systemEvents }

export const isEventType = (type: string): type is EventType => Object.hasOwn(events, type)

/** The workers that receive an event. */
export const workersOf = (type: string): readonly EventWorker[] =>
  isEventType(type) ? events[type].takenBy : []

/** Event types that a rule of the bus passes to a worker. */
export const typesTakenBy = (worker: EventWorker): readonly string[] =>
  Object.keys(events).filter((type) => workersOf(type).includes(worker))

const takenFrom =
  <Type extends EventType>(types: Readonly<Record<Type, unknown>>) =>
  <Worker extends EventWorker>(worker: Worker) =>
  (type: string): type is TakenBy<Worker, Type> =>
    Object.hasOwn(types, type) && workersOf(type).includes(worker)

export const isDecisionFor = takenFrom(leadEvents)
export const isAnnouncementFor = takenFrom(systemEvents)

export const isDecisionType = (type: string): type is DecisionType => Object.hasOwn(leadEvents, type)

/** Whether `data` matches the schema of this type; other fields are ignored. */
export const isDataOf = <Type extends EventType>(type: Type, data: unknown): data is EventData[Type] =>
  z.safeParse(events[type].data, data).success

/** The event's line in a rehearsal. */
export const lineOf = <Type extends EventType>(
  type: Type,
  data: EventData[Type],
  context: LineContext,
): Line | undefined => events[type].line(data, context)
