import { activityDetailType, source } from '../event-names.ts'
import type { Bus, Clock } from '../ports.ts'
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

export interface MemoryEventBus extends Bus {
  /** What another source tells, such as the mail service. */
  tell(source: string, detailType: string, detail: unknown): void
  /** Takes the oldest event off; undefined when there is none. */
  take(): QueuedEvent | undefined
}

/** The bus as one queue: events come out in the order in which they went in, as JSON has them. */
export const memoryEventBus = (clock: Clock): MemoryEventBus => {
  const waiting: QueuedEvent[] = []
  let count = 0
  const tell: MemoryEventBus['tell'] = (from, detailType, detail) => {
    count += 1
    const time = `${clock().slice(0, 19)}Z`
    const body = { id: `event-${count}`, 'detail-type': detailType, source: from, time }
    const copy: unknown = JSON.parse(JSON.stringify(detail))
    waiting.push({ messageId: `queued-${count}`, body: { ...body, detail: copy } })
  }
  return {
    tell,
    take: () => waiting.shift(),
    publish: async (decisions) => {
      for (const decision of decisions) tell(source, decision.type, decisionDetail(decision))
    },
    submit: async (activities) => {
      for (const activity of activities) tell(source, activityDetailType, activity)
    },
  }
}
