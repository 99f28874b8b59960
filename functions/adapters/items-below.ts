import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import { table } from '../table-schema.ts'
import type { Item } from './dynamo-lead-items.ts'

/** All items of a partition whose sort key begins with `prefix`, in its order, however many pages they fill. Strongly consistent. */
export const itemsBelow = async (
  client: DynamoDBDocumentClient,
  tableName: string,
  partition: string,
  prefix: string,
): Promise<readonly Item[]> => {
  const items: Item[] = []
  let start: Item | undefined
  do {
    const page = await client.send(
      new QueryCommand({
        TableName: tableName,
        KeyConditionExpression: '#pk = :partition AND begins_with(#sk, :prefix)',
        ExpressionAttributeNames: { '#pk': table.partitionKey, '#sk': table.sortKey },
        ExpressionAttributeValues: { ':partition': partition, ':prefix': prefix },
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
    )
    items.push(...(page.Items ?? []))
    start = page.LastEvaluatedKey
  } while (start)
  return items
}
