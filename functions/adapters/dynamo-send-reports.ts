import { type DynamoDBDocumentClient, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import type { Outcome } from '../../domain/feedback/feedback-of.ts'
import type { SendReports } from '../sending-ports.ts'
import { table } from '../table-schema.ts'
import { conditionFailed } from './dynamo-client.ts'
import { type Item, leadPartition } from './dynamo-lead-items.ts'
import { sendOf } from './dynamo-send-items.ts'

type Change = Pick<
  UpdateCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeValues'
>

/** Marks a send that something was reported of. */
const note = ({ at }: Outcome): Change => ({
  UpdateExpression: 'SET reportedAt = :at',
  ConditionExpression: `attribute_exists(${table.partitionKey}) AND attribute_not_exists(reportedAt)`,
  ExpressionAttributeValues: { ':at': at },
})

/** Settles a claim whose sender died before it could. */
const settle = ({ at, messageId }: Outcome): Change => ({
  UpdateExpression: 'SET #status = :sent, #at = :at, #message = :message',
  ConditionExpression: '#status = :claimed',
  ExpressionAttributeValues: { ':at': at, ':message': messageId, ':sent': 'sent', ':claimed': 'claimed' },
})

/** SES took the message, and refused it afterwards (a virus, a template that does not render). */
const fail = ({ at, messageId, reason = 'rejected' }: Outcome): Change => ({
  UpdateExpression: 'SET #status = :failed, #at = :at, #message = :message, #reason = :reason',
  ConditionExpression: '#status IN (:claimed, :sent) OR (#status = :failed AND #message = :message)',
  ExpressionAttributeValues: {
    ':at': at,
    ':message': messageId,
    ':reason': reason,
    ':failed': 'failed',
    ':claimed': 'claimed',
    ':sent': 'sent',
  },
})

const names: Readonly<Record<string, string>> = {
  '#status': 'status',
  '#at': 'at',
  '#message': 'messageId',
  '#reason': 'reason',
}

/** Reports on sends, as marks on their items. One about a send that is not there changes nothing. */
export const dynamoSendReports = (client: DynamoDBDocumentClient, tableName: string): SendReports => {
  /** @returns the item as it is then; undefined where the condition does not hold. */
  const change = async (
    { leadId, sendId }: Outcome,
    made: Change,
    shown: 'NONE' | 'ALL_NEW' = 'NONE',
  ): Promise<Item | undefined> => {
    const whole = `${made.UpdateExpression} ${made.ConditionExpression}`
    const used = Object.entries(names).filter(([placeholder]) => whole.includes(placeholder))
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { [table.partitionKey]: leadPartition(leadId), [table.sortKey]: `SEND#${sendId}` },
          ...(used.length > 0 && { ExpressionAttributeNames: Object.fromEntries(used) }),
          ReturnValues: shown,
          ...made,
        }),
      )
      return Attributes ?? {}
    } catch (error) {
      if (conditionFailed(error)) return undefined
      throw error
    }
  }

  return {
    report: async (outcome) => {
      const first = await change(outcome, note(outcome), 'ALL_NEW')
      // The usual case: the sender has settled it, and one write was all. A repeat may come from one who died before settling.
      if (first?.status !== 'claimed' && first) return true
      await change(outcome, settle(outcome))
      return first !== undefined
    },

    fail: async (outcome) => {
      const item = await change(outcome, fail(outcome), 'ALL_NEW')
      return item && sendOf(item)
    },
  }
}
