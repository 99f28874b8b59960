import { type DynamoDBDocumentClient, UpdateCommand, type UpdateCommandInput } from '@aws-sdk/lib-dynamodb'
import type { Outcome } from '../../domain/feedback/feedback-of.ts'
import type { Send } from '../send-ports.ts'
import type { SendReports } from '../sending-ports.ts'
import { table } from '../table-schema.ts'
import { conditionFailed } from './dynamo-client.ts'
import { countEmails } from './dynamo-email-figures.ts'
import { type Item, leadPartition } from './dynamo-lead-items.ts'
import { isCounted, sendOf } from './dynamo-send-items.ts'

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
  /** @returns the item as it was before; undefined where the condition does not hold. */
  const change = async ({ leadId, sendId }: Outcome, made: Change): Promise<Item | undefined> => {
    const whole = `${made.UpdateExpression} ${made.ConditionExpression}`
    const used = Object.entries(names).filter(([placeholder]) => whole.includes(placeholder))
    try {
      const { Attributes } = await client.send(
        new UpdateCommand({
          TableName: tableName,
          Key: { [table.partitionKey]: leadPartition(leadId), [table.sortKey]: `SEND#${sendId}` },
          ...(used.length > 0 && { ExpressionAttributeNames: Object.fromEntries(used) }),
          ReturnValues: 'ALL_OLD',
          ...made,
        }),
      )
      return Attributes ?? {}
    } catch (error) {
      if (conditionFailed(error)) return undefined
      throw error
    }
  }

  /** Counts what a change of a send that the counters know comes to. */
  const count = async (before: Item | undefined, after: Partial<Send>): Promise<Send | undefined> => {
    if (!before) return undefined
    const send = { ...sendOf(before), ...after }
    if (isCounted(before)) await countEmails(client, tableName).move(before, send)
    return send
  }

  return {
    report: async (outcome) => {
      const first = await change(outcome, note(outcome))
      // The usual case: the sender has settled it, and one write was all. A repeat may come from one who died before settling.
      if (first?.status !== 'claimed' && first) return true
      const { at, messageId } = outcome
      await count(await change(outcome, settle(outcome)), { status: 'sent', at, messageId })
      return first !== undefined
    },

    fail: async (outcome) => {
      const { at, messageId, reason = 'rejected' } = outcome
      return count(await change(outcome, fail(outcome)), { status: 'failed', at, messageId, reason })
    },
  }
}
