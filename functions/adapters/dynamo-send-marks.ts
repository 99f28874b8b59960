import { type DynamoDBDocumentClient, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { type Mark, type MarkChange, marks } from '../../domain/sending/email-marks.ts'
import type { SendMarks } from '../send-ports.ts'
import { table } from '../table-schema.ts'
import { conditionFailed } from './dynamo-client.ts'
import { countEmails } from './dynamo-email-figures.ts'
import { type Item, leadPartition } from './dynamo-lead-items.ts'
import { sendKey, sendOf, sendPrefix } from './dynamo-send-items.ts'
import { itemsBelow } from './items-below.ts'

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
