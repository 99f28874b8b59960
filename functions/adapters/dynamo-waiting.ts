import { DescribeTableCommand } from '@aws-sdk/client-dynamodb'
import { type DynamoDBDocumentClient, ScanCommand } from '@aws-sdk/lib-dynamodb'
import { table } from '../table-schema.ts'
import type { Waiting } from '../wakes-ports.ts'
import { deliveryOf, deliveryPrefix } from './dynamo-delivery-items.ts'
import { handoffOf } from './dynamo-handoffs.ts'
import { type Item, leadOf } from './dynamo-lead-items.ts'
import { runOf, runPrefix } from './dynamo-runs.ts'
import { sendOf, sendPrefix } from './dynamo-send-items.ts'

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

export interface WaitingPage {
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
