import {
  DescribeTableCommand,
  type DynamoDBClient,
  ScanCommand,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb'
import { type ConsentRef, lackingConsent } from '../../domain/email/judge-send.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import { isLimited } from '../../domain/sending/earlier-emails.ts'
import { marks } from '../../domain/sending/email-figures.ts'
import { cancelledByHand } from '../../domain/sending/hold-email.ts'
import type { Waiting } from '../erasure-ports.ts'
import type { Send, SendLists, SendMarks, Sends } from '../send-ports.ts'
import { partitions, sorts, table } from '../table-schema.ts'
import { broadcastOf, broadcastParts, broadcastSort, partOf } from './dynamo-broadcasts.ts'
import { deliveryOf } from './dynamo-deliveries.ts'
import { countEmails } from './dynamo-email-figures.ts'
import { handoffOf } from './dynamo-handoffs.ts'
import { dynamoItems, type Item, sortOf, typed, untyped } from './dynamo-items.ts'
import { leadOf } from './dynamo-lead-items.ts'
import { runOf } from './dynamo-runs.ts'
import {
  attributeOf,
  countedMark,
  heldList,
  heldRankPrefix,
  sendItem,
  sendKey,
  sendOf,
} from './dynamo-send-items.ts'
import { pageOfList, withUnspread } from './ranked-lists.ts'

/** Read at once: few limits look further back. */
const atOnce = 50

/** Earlier releases noted when a send was claimed in an item beside it, so that the latest are read alone. */
const dynamoFormerSends = (client: DynamoDBClient, tableName: string): Sends['formerSince'] => {
  const items = dynamoItems(client, tableName)
  const isSince = (row: Item, from: string): boolean => sortOf(row) >= `${sorts.mailed}${from}`

  /** The latest rows, down to the first that was claimed before `from`, if there is one. */
  const latest = async (leadId: LeadId, from: string): Promise<readonly Item[]> => {
    const rows: Item[] = []
    for await (const { Items = [] } of items.pages({
      where: '#pk = :lead AND begins_with(#sk, :prefix)',
      values: { lead: partitions.lead(leadId), prefix: sorts.mailed },
      ScanIndexForward: false,
      Limit: atOnce,
      ConsistentRead: true,
    })) {
      rows.push(...Items)
      if (!rows.every((row) => isSince(row, from))) break
    }
    return rows
  }

  /** Where no earlier note tells that all that was claimed since is noted, the releases before that one may have claimed some: then all sends are read. */
  return async (leadId, from) => {
    const rows = await latest(leadId, from)
    if (rows.every((row) => isSince(row, from)))
      return (await items.below(partitions.lead(leadId), sorts.send)).map(sendOf).filter(isLimited)
    const ids = new Set(rows.filter((row) => isSince(row, from)).map(({ sendId }) => String(sendId)))
    const found = await Promise.all([...ids].map((sendId) => items.get(sendKey(leadId, sendId))))
    return found.flatMap((item) => (item ? [sendOf(item)] : []))
  }
}

/** A lease that has run out at any time that may be asked about. */
const noLease = '1970-01-01T00:00:00.000Z'

/** Sends as items of their lead's partition. */
export const dynamoSends = (client: DynamoDBClient, tableName: string): Sends => {
  const items = dynamoItems(client, tableName)

  /** A figure that is off by one harms less than a sender that dies over it: its claim would stand, and the email wait. */
  const count = (before: Item | undefined, after: Send | undefined): Promise<void> =>
    countEmails(client, tableName)
      .move(before, after)
      .catch(() => undefined)

  /** Changes a claim that nobody has settled; one that is settled, or not there, stays as it is. @returns it as it was. */
  const change = (
    leadId: LeadId,
    sendId: string,
    set: Readonly<Record<string, string | boolean | ConsentRef | undefined>>,
  ): Promise<Item | undefined> =>
    items.update(sendKey(leadId, sendId), {
      set,
      when: '#status = :claimed',
      values: { claimed: 'claimed' },
      shown: 'ALL_OLD',
    })

  const load = async (leadId: LeadId, sendId: string): Promise<Send | undefined> => {
    const item = await items.get(sendKey(leadId, sendId))
    return item && sendOf(item)
  }

  /** @returns whether `condition` held. */
  const put = async (
    send: Send,
    condition: { readonly when: string; readonly values: Item },
  ): Promise<boolean> => {
    const before = await items.put(sendItem(send), condition, 'ALL_OLD')
    // On its way it counts as nothing: what becomes of it is counted once.
    if (before) await count(before, send.status === 'claimed' ? undefined : send)
    return before !== undefined
  }

  return {
    load,

    claim: async (send, now, heldUntil = now) => {
      const free = {
        when: 'attribute_not_exists(#pk) OR (#status = :claimed AND #leaseUntil <= :now) OR (#status = :held AND #until <= :held_until) OR (#status = :suppressed AND #reason = :lacking)',
        values: {
          claimed: 'claimed',
          held: 'held',
          now,
          held_until: heldUntil > now ? heldUntil : now,
          suppressed: 'suppressed',
          lacking: lackingConsent,
        },
      }
      if (await put(send, free)) return undefined
      const current = await load(send.leadId, send.sendId)
      if (!current) throw new Error(`send ${send.sendId} vanished between two reads`)
      return current
    },

    cancel: async (leadId, sendId, at) => {
      const send = await load(leadId, sendId)
      if (send?.status !== 'held') return send
      const { until, ...rest } = send
      const cancelled: Send = { ...rest, status: 'suppressed', reason: cancelledByHand, at }
      const unchanged = { when: '#status = :held AND #until = :until', values: { held: 'held', until } }
      return (await put(cancelled, unchanged)) ? cancelled : load(leadId, sendId)
    },

    // What was sent is counted with the first that SES reports of it.
    settle: async (leadId, sendId, outcome) => {
      const isSent = outcome.status === 'sent'
      const before = await change(leadId, sendId, isSent ? outcome : { ...outcome, [countedMark]: true })
      if (before && !isSent) await count(before, { ...sendOf(before), ...outcome })
    },

    release: async (leadId, sendId) => {
      await change(leadId, sendId, { leaseUntil: noLease })
    },

    list: async (leadId, idPrefix = '') =>
      (await items.below(partitions.lead(leadId), `${sorts.send}${idPrefix}`)).map(sendOf),

    formerSince: dynamoFormerSends(client, tableName),
  }
}

/** Emails over all leads; the index gives keys alone, and the items are read. */
export const dynamoSendLists = (client: DynamoDBClient, tableName: string): SendLists => ({
  held: ({ sequence, ...place }) => {
    const prefix = sequence === undefined ? undefined : heldRankPrefix(sequence)
    return pageOfList(
      client,
      tableName,
      {
        ...place,
        lists: withUnspread(heldList),
        order: 'ascending',
        // `~` comes after everything that ranks are made of.
        between: prefix === undefined ? undefined : [prefix, `${prefix}~`],
      },
      // The index may still show an email that has just gone out.
      (item) => [sendOf(item)].filter(({ status }) => status === 'held'),
    )
  },
})

/** Marks stand on the send, and are counted once for its email: a report reads as many items as the sequence has emails. */
export const dynamoSendMarks = (client: DynamoDBClient, tableName: string): SendMarks => {
  const items = dynamoItems(client, tableName)
  return {
    list: async (leadId) =>
      (await items.below(partitions.lead(leadId), sorts.send)).map((item) => ({
        ...sendOf(item),
        marks: Object.fromEntries(
          marks.flatMap((mark) => {
            const at = item[attributeOf(mark)]
            return typeof at === 'string' ? [[mark, at]] : []
          }),
        ),
      })),

    change: async ({ leadId, sendId, mark, at }) => {
      const attribute = attributeOf(mark)
      const item = await items.update(sendKey(leadId, sendId), {
        ...(at === undefined
          ? { remove: [attribute], when: `attribute_exists(#${attribute})` }
          : {
              set: { [attribute]: at },
              when: `attribute_exists(#pk) AND attribute_not_exists(#${attribute})`,
            }),
        shown: 'ALL_NEW',
      })
      if (!item) return
      const { request, email } = sendOf(item)
      await countEmails(client, tableName).add(
        { email, sequence: request.run?.sequence ?? '-' },
        { [mark]: at === undefined ? -1 : 1 },
      )
    },
  }
}

/** Facts, which are most of the table, stay there. */
const waitingAlone = {
  FilterExpression:
    '#sk = :lead OR begins_with(#sk, :run) OR begins_with(#sk, :handoff) OR begins_with(#sk, :hook) OR #sk = :broadcast OR begins_with(#sk, :part) OR (begins_with(#sk, :send) AND #status IN (:held, :claimed))',
  ExpressionAttributeNames: { '#sk': table.sortKey, '#status': 'status' },
  ExpressionAttributeValues: typed({
    ':lead': sorts.lead,
    ':run': sorts.run,
    ':handoff': sorts.handoff,
    ':hook': sorts.delivery,
    ':send': sorts.send,
    ':broadcast': broadcastSort,
    ':part': broadcastParts,
    ':held': 'held',
    ':claimed': 'claimed',
  }),
}

const waitingOf = (item: Item): Waiting | undefined => {
  const sort = sortOf(item)
  if (sort === sorts.lead) return { type: 'lead', lead: leadOf(item) }
  if (sort.startsWith(sorts.run)) return { type: 'run', run: runOf(item) }
  if (sort.startsWith(sorts.handoff)) return { type: 'handoff', handoff: handoffOf(item) }
  if (sort.startsWith(sorts.send)) return { type: 'send', send: sendOf(item) }
  if (sort === broadcastSort) return { type: 'broadcast', broadcast: broadcastOf(item) }
  if (sort.startsWith(broadcastParts)) return { type: 'broadcast-part', part: partOf(item) }
  return typeof item.delivery === 'string' ? { type: 'delivery', delivery: deliveryOf(item) } : undefined
}

interface WaitingPage {
  readonly waiting: readonly Waiting[]
  /** Items that were looked at. */
  readonly scanned: number
}

/** The whole table once, in pages. Several may read at a time, each a segment of its own. */
export async function* scanWaiting(
  client: DynamoDBClient,
  tableName: string,
  segment: { readonly Segment: number; readonly TotalSegments: number },
): AsyncGenerator<WaitingPage> {
  let start: ScanCommandInput['ExclusiveStartKey']
  do {
    const page = await client.send(
      new ScanCommand({ TableName: tableName, ...waitingAlone, ...segment, ExclusiveStartKey: start }),
    )
    yield {
      waiting: (page.Items ?? []).flatMap((item) => waitingOf(untyped(item)) ?? []),
      scanned: page.ScannedCount ?? 0,
    }
    start = page.LastEvaluatedKey
  } while (start)
}

/** About how many items there are: DynamoDB counts every six hours. */
export const countItems = async (client: DynamoDBClient, tableName: string): Promise<number> => {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
  return Table?.ItemCount ?? 0
}
