import type { JsonObject } from '../../domain/model/json.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import { activityDetailType, source } from '../event-names.ts'
import type { Bus, Clock, LeadTimers, Timers } from '../ports.ts'
import { decisionDetail } from './decision-detail.ts'

/** An event as a rule of the bus puts it on a queue, and the queue's id for it. */
export interface QueuedEvent {
  readonly messageId: string
  readonly body: {
    readonly id: string
    readonly 'detail-type': string
    readonly source: string
    /** RFC 3339, to the second. */
    readonly time: string
    readonly detail: unknown
  }
}

interface MemoryEventBus extends Bus {
  /** What another source tells, such as the mail service. */
  put(source: string, detailType: string, detail: unknown): void
  /** Takes the oldest event off; undefined when there is none. */
  take(): QueuedEvent | undefined
}

/** The bus as one queue: events come out in the order in which they went in, as JSON has them. */
export const memoryEventBus = (clock: Clock): MemoryEventBus => {
  const waiting: QueuedEvent[] = []
  let count = 0
  const put: MemoryEventBus['put'] = (from, detailType, detail) => {
    count += 1
    const time = `${clock().slice(0, 19)}Z`
    const body = { id: `event-${count}`, 'detail-type': detailType, source: from, time }
    const copy: unknown = JSON.parse(JSON.stringify(detail))
    waiting.push({ messageId: `queued-${count}`, body: { ...body, detail: copy } })
  }
  return {
    put,
    take: () => waiting.shift(),
    publish: async (decisions) => {
      for (const decision of decisions) put(source, decision.type, decisionDetail(decision))
    },
    submit: async (activities) => {
      for (const activity of activities) put(source, activityDetailType, activity)
    },
  }
}

interface MemoryTimer {
  readonly at: string
  readonly message: JsonObject
}

interface MemoryTimers extends Timers {
  readonly set: Timers['set']
  /** By name; setting one again changes nothing. */
  readonly items: ReadonlyMap<string, MemoryTimer>
  /** When the next one goes off. */
  nextAt(): string | undefined
  /** Takes off the one that goes off next; of several at the same moment the one set first. */
  take(): MemoryTimer | undefined
}

export const memoryTimers = (): MemoryTimers => {
  const items = new Map<string, MemoryTimer>()
  const next = (): readonly [string, MemoryTimer] | undefined =>
    [...items].reduce<readonly [string, MemoryTimer] | undefined>(
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
      const [name, timer] = next() ?? []
      if (name !== undefined) items.delete(name)
      return timer
    },
  }
}

/** Short waits as timers like all others: they follow the clock. */
export const memoryLeadTimers = (timers: Timers, clock: Clock): LeadTimers => ({
  later: async (timer, seconds) => {
    const at = addMilliseconds(clock(), seconds * 1000)
    await timers.set(`later:${timer.leadId}:${at}`, at, { type: 'wake', ...timer })
  },
})
