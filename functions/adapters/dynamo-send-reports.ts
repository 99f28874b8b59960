import { type DynamoDBDocumentClient, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import type { Outcome } from '../../domain/feedback/feedback-of.ts'
import type { SendReports } from '../sending-ports.ts'
import { table } from '../table-schema.ts'
import { conditionFailed } from './dynamo-client.ts'
import { leadPartition } from './dynamo-lead-items.ts'

type Change = Pick<
  UpdateCommandInput,
  'UpdateExpression' | 'ConditionExpression' | 'ExpressionAttributeValues'
>

/** Marks a send that its sender has settled: the usual case, and one write. */
const note = ({ at }: Outcome): Change => ({
  UpdateExpression: 'SET reportedAt = :at',
  ConditionExpression: `attribute_exists(${table.partitionKey}) AND attribute_not_exists(reportedAt) AND #status <> :claimed`,
  ExpressionAttributeValues: { ':at': at, ':claimed': 'claimed' },
})

/** Settles a claim whose sender died before it could. */
const settle = ({ at, messageId }: Outcome): Change => ({
  UpdateExpression: 'SET #status = :sent, #at = :at, #message = :message, reportedAt = :at',
  ConditionExpression: '#status = :claimed',
  ExpressionAttributeValues: { ':at': at, ':message': messageId, ':sent': 'sent', ':claimed': 'claimed' },
})

/** SES took the message, and refused it afterwards (a virus, a template that does not render). */
const fail = ({ at, messageId, reason = 'rejected' }: Outcome): Change => ({
  UpdateExpression: 'SET #status = :failed, #at = :at, #message = :message, #reason = :reason',
  ConditionExpression: '#status IN (:claimed, :sent)',
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
  const change = async ({ leadId, sendId }: Outcome, made: Change): Promise<boolean> => {
    const whole = `${made.UpdateExpression} ${made.ConditionExpression}`
    try {
      await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { [table.partitionKey]: leadPartition(leadId), [table.sortKey]: `SEND#${sendId}` },
          ExpressionAttributeNames: Object.fromEntries(
            Object.entries(names).filter(([placeholder]) => whole.includes(placeholder)),
          ),
          ...made,
        }),
      )
      return true
    } catch (error) {
      if (conditionFailed(error)) return false
      throw error
    }
  }

  return {
    report: async (outcome) => {
      if (outcome.status === 'failed') return change(outcome, fail(outcome))
      // The sender may settle between the two attempts; then it is noted after all.
      for (const made of [note, settle, note]) if (await change(outcome, made(outcome))) return true
      return false
    },
  }
}
