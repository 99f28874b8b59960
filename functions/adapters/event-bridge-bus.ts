import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge'
import type { Activity } from '../../domain/model/activity.ts'
import type { Announcement, Decision } from '../../domain/model/decision.ts'
import { activityDetailType, source } from '../event-names.ts'
import { type Announce, type Bus, type ToldCost, Transient } from '../ports.ts'
import { collect, type Gather } from './collect.ts'
import { decisionDetail } from './decision-detail.ts'
import { sleep } from './system.ts'

/** Limits of one PutEvents request (EventBridge user guide, "PutEvents event entry size"). */
const maxEntries = 10
const maxBytes = 256 * 1024

const sizeOf = (entry: PutEventsRequestEntry): number =>
  [entry.Source, entry.DetailType, entry.Detail].reduce(
    (sum, text) => sum + Buffer.byteLength(text ?? ''),
    14,
  )

/** Splits entries, in their order, into requests that EventBridge accepts. */
const chunkEntries = (
  entries: readonly PutEventsRequestEntry[],
): readonly (readonly PutEventsRequestEntry[])[] => {
  const chunks: PutEventsRequestEntry[][] = []
  let bytes = 0
  for (const entry of entries) {
    const size = sizeOf(entry)
    const current = chunks.at(-1)
    if (current === undefined || current.length === maxEntries || bytes + size > maxBytes) {
      chunks.push([entry])
      bytes = size
    } else {
      current.push(entry)
      bytes += size
    }
  }
  return chunks
}

/** How often an entry is offered in one call before its failure is reported. */
const attempts = 4

/** More than any batch has: the real limits are those of a request. */
const callsAtOnce = 1_000

const entryOf = (busName: string, detailType: string, detail: object): PutEventsRequestEntry => ({
  EventBusName: busName,
  Source: source,
  DetailType: detailType,
  Detail: JSON.stringify(detail),
})

const announcementDetail = ({ type: _, id, occurredAt, ...data }: Announcement) => ({
  metadata: { id, version: 1, occurredAt, correlationId: id, causationId: id },
  data,
})

interface EventBridgeBusOptions {
  readonly client: EventBridgeClient
  readonly busName: string
  /** @default a real wait */
  readonly pause?: (ms: number) => Promise<void>
  /** How long events wait for those of other messages. @default not at all */
  readonly gather?: Gather
}

export const eventBridgeBus = ({
  client,
  busName,
  pause = sleep,
  gather,
}: EventBridgeBusOptions): Bus & { readonly announce: Announce } => {
  /** PutEvents answers 200 even when it took none of the entries: each one's own answer counts. */
  const put = async (entries: readonly PutEventsRequestEntry[]): Promise<void> => {
    let open = entries
    let reason = ''
    for (let attempt = 1; ; attempt++) {
      const { FailedEntryCount, Entries: answers = [] } = await client.send(
        new PutEventsCommand({ Entries: [...open] }),
      )
      if (!FailedEntryCount) return
      open = open.filter((_, index) => !answers[index]?.EventId)
      reason = answers.find((answer) => answer.ErrorCode)?.ErrorCode ?? 'no reason given'
      if (attempt === attempts) break
      await pause(50 * 2 ** attempt)
    }
    throw new Transient(`the bus did not take ${open.length} of ${entries.length} events: ${reason}`)
  }

  const putAll = async (entries: readonly PutEventsRequestEntry[]): Promise<void> => {
    const results = await Promise.allSettled(chunkEntries(entries).map(put))
    for (const result of results) if (result.status === 'rejected') throw result.reason
  }

  /** What several leads of a batch have to tell at the same moment shares requests. */
  const putTogether = collect(
    callsAtOnce,
    async (calls: readonly (readonly PutEventsRequestEntry[])[]) => {
      await putAll(calls.flat())
      return calls.map(() => undefined)
    },
    gather,
  )

  return {
    publish: (decisions: readonly Decision[]) =>
      putTogether(decisions.map((decision) => entryOf(busName, decision.type, decisionDetail(decision)))),
    submit: (activities: readonly (Activity | ToldCost)[]) =>
      putTogether(activities.map((activity) => entryOf(busName, activityDetailType, activity))),
    announce: (event) => putTogether([entryOf(busName, event.type, announcementDetail(event))]),
  }
}
