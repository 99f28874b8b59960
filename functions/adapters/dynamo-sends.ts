import {
  type DynamoDBDocumentClient,
  PutCommand,
  type PutCommandInput,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import type { ConsentRef } from '../../domain/email/email-consent.ts'
import { lackingConsent } from '../../domain/email/judge-send.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import { cancelledByHand } from '../../domain/sending/hold-email.ts'
import type { Send, Sends } from '../send-ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { conditionFailed } from './dynamo-client.ts'
import { countEmails } from './dynamo-email-figures.ts'
import { type Item, leadPartition } from './dynamo-lead-items.ts'
import { dynamoRecentSends } from './dynamo-recent-sends.ts'
import { isCounted, sendItem, sendKey, sendOf, sendPrefix } from './dynamo-send-items.ts'
import { itemsBelow } from './items-below.ts'

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
