import {
  type EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
} from '@aws-sdk/client-eventbridge'
import type { Activity } from '../../domain/activity/activity.ts'
import type { SendingChange } from '../../domain/deliverability/sending-state.ts'
import type { Decision, DecisionType } from '../../domain/lead/decision.ts'
import { activityDetailType, resumedDetailType, source } from '../event-names.ts'
import type { AnnouncePlaybook, PlaybookPublished } from '../playbook-ports.ts'
import { type Bus, Transient } from '../ports.ts'
import type { AnnounceSending } from '../sending-ports.ts'
import type { AnnounceResumed, SequenceResumed } from '../sequence-ports.ts'
import { collect } from './collect.ts'
import { decisionDetail } from './decision-detail.ts'
import { chunkEntries } from './event-chunks.ts'
import { sleep } from './system-clock.ts'

/** How often an entry is offered in one call before its failure is reported. */
const attempts = 4

const playbookDetailType: DecisionType = 'PlaybookPublished'

/** More than any batch has: the real limits are those of a request. */
const callsAtOnce = 1_000

const entryOf = (busName: string, detailType: string, detail: object): PutEventsRequestEntry => ({
  EventBusName: busName,
  Source: source,
  DetailType: detailType,
  Detail: JSON.stringify(detail),
})

/** Of what is about no lead. */
const plainDetail = ({ id, occurredAt, ...data }: PlaybookPublished | SequenceResumed) => ({
  metadata: { id, version: 1, occurredAt, correlationId: id, causationId: id },
  data,
})

const changeDetail = ({ type: _, id, occurredAt, ...data }: SendingChange) => ({
  metadata: { id, version: 1, occurredAt, correlationId: id, causationId: id },
  data,
})

export interface EventBridgeBusOptions {
  readonly client: EventBridgeClient
  readonly busName: string
  /** @default a real wait */
  readonly pause?: (ms: number) => Promise<void>
}

export const eventBridgeBus = ({
  client,
  busName,
  pause = sleep,
}: EventBridgeBusOptions): Bus & {
  readonly announce: AnnouncePlaybook
  readonly announceSending: AnnounceSending
  readonly announceResumed: AnnounceResumed
} => {
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
  const putTogether = collect(callsAtOnce, async (calls: readonly (readonly PutEventsRequestEntry[])[]) => {
    await putAll(calls.flat())
    return calls.map(() => undefined)
  })

  return {
    publish: (decisions: readonly Decision[]) =>
      putTogether(decisions.map((decision) => entryOf(busName, decision.type, decisionDetail(decision)))),
    submit: (activities: readonly Activity[]) =>
      putTogether(activities.map((activity) => entryOf(busName, activityDetailType, activity))),
    announce: (published) => putTogether([entryOf(busName, playbookDetailType, plainDetail(published))]),
    announceResumed: (resumed) => putTogether([entryOf(busName, resumedDetailType, plainDetail(resumed))]),
    announceSending: (change) => putTogether([entryOf(busName, change.type, changeDetail(change))]),
  }
}
