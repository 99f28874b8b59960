import { DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import {
  type DynamoDBDocumentClient,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import { type ConsentRef, lackingConsent } from '../../domain/email/judge-send.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import { isLimited } from '../../domain/sending/earlier-emails.ts'
import { type Mark, type MarkChange, marks } from '../../domain/sending/email-figures.ts'
import { cancelledByHand } from '../../domain/sending/hold-email.ts'
import type { Waiting } from '../erasure-ports.ts'
import type { Send, SendLists, SendMarks, Sends } from '../send-ports.ts'
import { table } from '../table-schema.ts'
import { deliveryOf, deliveryPrefix } from './dynamo-deliveries.ts'
import { countEmails } from './dynamo-email-figures.ts'
import { handoffOf } from './dynamo-handoffs.ts'
import { conditionFailed, dynamoBatcher, type Item, itemsBelow, loadListed } from './dynamo-items.ts'
import { leadOf, leadPartition } from './dynamo-lead-items.ts'
import { runOf, runPrefix } from './dynamo-runs.ts'
import {
  heldList,
  heldRankPrefix,
  isCounted,
  sendItem,
  sendKey,
  sendOf,
  sendPrefix,
} from './dynamo-send-items.ts'
import { rankedLists, withUnspread } from './ranked-lists.ts'

/** Sends are found by their id. An item beside them says when one was claimed, so that the latest are read alone. */
const prefix = 'MAILED#'
/** Read at once: few limits look further back. */
const atOnce = 50

const dynamoRecentSends = (client: DynamoDBDocumentClient, tableName: string) => {
  const isSince = (row: Item, from: string): boolean => String(row[table.sortKey]) >= `${prefix}${from}`

  /** The latest rows, down to the first that was claimed before `from`, if there is one. */
  const latest = async (leadId: LeadId, from: string): Promise<readonly Item[]> => {
    const rows: Item[] = []
    let start: Item | undefined
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: '#pk = :lead AND begins_with(#sk, :prefix)',
          ExpressionAttributeNames: { '#pk': table.partitionKey, '#sk': table.sortKey },
          ExpressionAttributeValues: { ':lead': leadPartition(leadId), ':prefix': prefix },
          ScanIndexForward: false,
          Limit: atOnce,
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      )
      rows.push(...(page.Items ?? []))
      start = page.LastEvaluatedKey
    } while (start && rows.every((row) => isSince(row, from)))
    return rows
  }

  return {
    /** To be noted before `send` is claimed: whoever dies in between leaves a note of nothing. */
    note: async (send: Send): Promise<void> => {
      if (send.status !== 'claimed' || !isLimited(send)) return
      const { leadId, sendId, claimedAt } = send
      const Item = {
        [table.partitionKey]: leadPartition(leadId),
        [table.sortKey]: `${prefix}${claimedAt}#${sendId}`,
        sendId,
      }
      await client.send(new PutCommand({ TableName: tableName, Item }))
    },

    /** Where no earlier note tells that all that was claimed since is noted, earlier releases may have claimed some: then all sends are read. */
    since: async (leadId: LeadId, from: string): Promise<readonly Send[]> => {
      const rows = await latest(leadId, from)
      if (rows.every((row) => isSince(row, from)))
        return (await itemsBelow(client, tableName, leadPartition(leadId), sendPrefix))
          .map(sendOf)
          .filter(isLimited)
      const ids = new Set(rows.filter((row) => isSince(row, from)).map(({ sendId }) => String(sendId)))
      const items = await Promise.all(
        [...ids].map((sendId) => dynamoBatcher(client, tableName).get(sendKey(leadId, sendId))),
      )
      return items.flatMap((item) => (item ? [sendOf(item)] : []))
    },
  }
}

/** A lease that has run out at any time that may be asked about. */
const noLease = '1970-01-01T00:00:00.000Z'

/** Sends as items of their lead's partition. */
export const dynamoSends = (client: DynamoDBDocumentClient, tableName: string): Sends => {
  const recent = dynamoRecentSends(client, tableName)

  /** A figure that is off by one harms less than a sender that dies over it: its claim would stand, and the email wait. */
  const count = (before: Item | undefined, after: Send): Promise<void> =>
    countEmails(client, tableName)
      .move(before, after)
      .catch(() => undefined)

  /** Changes a claim that nobody has settled; one that is settled, or not there, stays as it is. */
  const change = async (
    leadId: LeadId,
    sendId: string,
    fields: Readonly<Record<string, string | ConsentRef | undefined>>,
  ): Promise<void> => {
    const set = Object.entries(fields).filter(([, value]) => value !== undefined)
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: sendKey(leadId, sendId),
          ReturnValues: 'ALL_NEW',
          UpdateExpression: `SET ${set.map(([name]) => `#${name} = :${name}`).join(', ')}`,
          ConditionExpression: '#status = :claimed',
          ExpressionAttributeNames: {
            '#status': 'status',
            ...Object.fromEntries(set.map(([name]) => [`#${name}`, name])),
          },
          ExpressionAttributeValues: {
            ':claimed': 'claimed',
            ...Object.fromEntries(set.map(([name, value]) => [`:${name}`, value])),
          },
        }),
      )
      if (Attributes && isCounted(Attributes))
        await count({ ...Attributes, status: 'claimed' }, sendOf(Attributes))
    } catch (error) {
      if (!conditionFailed(error)) throw error
    }
  }

  const load = async (leadId: LeadId, sendId: string): Promise<Send | undefined> => {
    const item = await dynamoBatcher(client, tableName).get(sendKey(leadId, sendId))
    return item && sendOf(item)
  }

  /** @returns whether `condition` held. */
  const put = async (
    send: Send,
    condition: Pick<
      PutCommandInput,
      'ConditionExpression' | 'ExpressionAttributeNames' | 'ExpressionAttributeValues'
    >,
  ): Promise<boolean> => {
    try {
      const { Attributes } = await client.send(
        new PutCommand({
          TableName: tableName,
          Item: sendItem(send),
          ReturnValues: 'ALL_OLD',
          ...condition,
        }),
      )
      await count(Attributes, send)
      return true
    } catch (error) {
      if (conditionFailed(error)) return false
      throw error
    }
  }

  return {
    load,

    claim: async (send, now, heldUntil = now) => {
      const free = {
        ConditionExpression: `attribute_not_exists(${table.partitionKey}) OR (#status = :claimed AND #lease <= :now) OR (#status = :held AND #until <= :held_until) OR (#status = :suppressed AND #reason = :lacking)`,
        ExpressionAttributeNames: {
          '#status': 'status',
          '#lease': 'leaseUntil',
          '#until': 'until',
          '#reason': 'reason',
        },
        ExpressionAttributeValues: {
          ':claimed': 'claimed',
          ':held': 'held',
          ':now': now,
          ':held_until': heldUntil > now ? heldUntil : now,
          ':suppressed': 'suppressed',
          ':lacking': lackingConsent,
        },
      }
      await recent.note(send)
      if (await put(send, free)) return undefined
      const standing = await load(send.leadId, send.sendId)
      if (!standing) throw new Error(`send ${send.sendId} vanished between two reads`)
      return standing
    },

    cancel: async (leadId, sendId, at) => {
      const send = await load(leadId, sendId)
      if (send?.status !== 'held') return send
      const { until, ...rest } = send
      const cancelled: Send = { ...rest, status: 'suppressed', reason: cancelledByHand, at }
      const unchanged = {
        ConditionExpression: '#status = :held AND #until = :until',
        ExpressionAttributeNames: { '#status': 'status', '#until': 'until' },
        ExpressionAttributeValues: { ':held': 'held', ':until': until },
      }
      return (await put(cancelled, unchanged)) ? cancelled : load(leadId, sendId)
    },

    settle: (leadId, sendId, outcome) => change(leadId, sendId, { ...outcome }),

    release: (leadId, sendId) => change(leadId, sendId, { leaseUntil: noLease }),

    list: async (leadId, idPrefix = '') =>
      (await itemsBelow(client, tableName, leadPartition(leadId), `${sendPrefix}${idPrefix}`)).map(sendOf),

    since: recent.since,
  }
}

interface Page {
  readonly prefix?: string
  readonly limit: number
  readonly cursor?: string
}

/** Emails over all leads; the index gives keys alone, and the items are read. */
export const dynamoSendLists = (client: DynamoDBDocumentClient, tableName: string): SendLists => {
  const ranked = rankedLists(client, tableName)

  const page = async (list: string, { prefix, limit, cursor }: Page) => {
    const { rows, next } = await ranked({
      lists: withUnspread(list),
      order: 'ascending',
      limit,
      ...(cursor !== undefined && { cursor }),
      // `~` comes after everything that ranks are made of.
      ...(prefix !== undefined && { between: [prefix, `${prefix}~`] }),
    })
    return { sends: (await loadListed(client, tableName, rows)).map(sendOf), next }
  }

  return {
    held: async ({ sequence, limit, cursor }) => {
      const { sends, next } = await page(heldList, {
        limit,
        ...(sequence !== undefined && { prefix: heldRankPrefix(sequence) }),
        ...(cursor !== undefined && { cursor }),
      })
      // The index may still show an email that has just gone out.
      const items = sends.filter(({ status }) => status === 'held')
      return next === undefined ? { items } : { items, next }
    },
  }
}

const attributeOf = (mark: Mark): string => `${mark}At`

/** Marks stand on the send, and are counted once for its email: a report reads as many items as the sequence has emails. */
export const dynamoSendMarks = (client: DynamoDBDocumentClient, tableName: string): SendMarks => {
  /** @returns the send where this has changed it. */
  const write = async ({ leadId, sendId, mark, at }: MarkChange): Promise<Item | undefined> => {
    const change =
      at === undefined
        ? { UpdateExpression: 'REMOVE #mark', ConditionExpression: 'attribute_exists(#mark)' }
        : {
            UpdateExpression: 'SET #mark = :at',
            ConditionExpression: `attribute_exists(${table.partitionKey}) AND attribute_not_exists(#mark)`,
            ExpressionAttributeValues: { ':at': at },
          }
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: sendKey(leadId, sendId),
          ExpressionAttributeNames: { '#mark': attributeOf(mark) },
          ReturnValues: 'ALL_NEW',
          ...change,
        }),
      )
      return Attributes
    } catch (error) {
      if (conditionFailed(error)) return undefined
      throw error
    }
  }

  return {
    list: async (leadId) =>
      (await itemsBelow(client, tableName, leadPartition(leadId), sendPrefix)).map((item) => ({
        ...sendOf(item),
        marks: Object.fromEntries(
          marks.flatMap((mark) => {
            const at = item[attributeOf(mark)]
            return typeof at === 'string' ? [[mark, at]] : []
          }),
        ),
      })),

    change: async (change) => {
      const item = await write(change)
      if (!item) return
      const { request, email } = sendOf(item)
      await countEmails(client, tableName).add(
        { leadId: change.leadId, email, sequence: request.run?.sequence ?? '-' },
        { [change.mark]: change.at === undefined ? -1 : 1 },
      )
    },
  }
}

const leadSortKey = 'LEAD'
const handoffPrefix = 'HANDOFF#'

/** Facts, which are most of the table, stay there. */
const waitingAlone = {
  FilterExpression:
    '#sk = :lead OR begins_with(#sk, :run) OR begins_with(#sk, :handoff) OR begins_with(#sk, :hook) OR (begins_with(#sk, :send) AND #status IN (:held, :claimed))',
  ExpressionAttributeNames: { '#sk': table.sortKey, '#status': 'status' },
  ExpressionAttributeValues: {
    ':lead': leadSortKey,
    ':run': runPrefix,
    ':handoff': handoffPrefix,
    ':hook': deliveryPrefix,
    ':send': sendPrefix,
    ':held': 'held',
    ':claimed': 'claimed',
  },
}

const waitingOf = (item: Item): Waiting | undefined => {
  const sortKey = String(item[table.sortKey])
  if (sortKey === leadSortKey) return { type: 'lead', lead: leadOf(item) }
  if (sortKey.startsWith(runPrefix)) return { type: 'run', run: runOf(item) }
  if (sortKey.startsWith(handoffPrefix)) return { type: 'handoff', handoff: handoffOf(item) }
  if (sortKey.startsWith(sendPrefix)) return { type: 'send', send: sendOf(item) }
  return typeof item.delivery === 'string' ? { type: 'delivery', delivery: deliveryOf(item) } : undefined
}

interface WaitingPage {
  readonly waiting: readonly Waiting[]
  /** Items that were looked at. */
  readonly scanned: number
}

/** The whole table once, in pages. Several may read at a time, each a segment of its own. */
export async function* scanWaiting(
  client: DynamoDBDocumentClient,
  tableName: string,
  segment: { readonly Segment: number; readonly TotalSegments: number },
): AsyncGenerator<WaitingPage> {
  let start: Item | undefined
  do {
    const page = await client.send(
      new ScanCommand({ TableName: tableName, ...waitingAlone, ...segment, ExclusiveStartKey: start }),
    )
    yield {
      waiting: (page.Items ?? []).flatMap((item) => waitingOf(item) ?? []),
      scanned: page.ScannedCount ?? 0,
    }
    start = page.LastEvaluatedKey
  } while (start)
}

/** About how many items there are: DynamoDB counts every six hours. */
export const countItems = async (client: DynamoDBDocumentClient, tableName: string): Promise<number> => {
  const { Table } = await client.send(new DescribeTableCommand({ TableName: tableName }))
  return Table?.ItemCount ?? 0
}
