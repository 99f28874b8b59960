import { type DynamoDBDocumentClient, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import { type Slot, slotOf } from '../../domain/deliverability/sending-figures.ts'
import { neverPaused } from '../../domain/deliverability/sending-state.ts'
import type { SendingFigures, SendingStates } from '../sending-ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { versionedItems } from './versioned-items.ts'

const keyOf = (sort: string) => ({ [table.partitionKey]: 'SENDING', [table.sortKey]: sort })
const stateKey = keyOf('STATE')
const slotPrefix = 'SLOT#'
const keptSeconds = 7 * 86_400

/** Whether marketing mail goes out: one item, read with every send. */
export const dynamoSendingStates = (client: DynamoDBDocumentClient, tableName: string): SendingStates => ({
  load: async () => {
    const item = await dynamoBatcher(client, tableName).get(stateKey)
    return typeof item?.state === 'string' ? JSON.parse(item.state) : neverPaused
  },

  commit: (state) => {
    const { version } = state
    const item = { ...stateKey, state: JSON.stringify({ ...state, version: version + 1 }) }
    return versionedItems(client, tableName).put(item, version, 'sending was paused or resumed meanwhile')
  },
})

/** Ten minutes of marketing mail are one item: a number sent, and the messages that bounced or were complained about. */
export const dynamoSendingFigures = (client: DynamoDBDocumentClient, tableName: string): SendingFigures => ({
  add: async (sent, tallies) => {
    const slots = new Set([...sent, ...tallies.map(({ mailedAt }) => mailedAt)].map(slotOf))
    await Promise.all(
      [...slots].map(async (slot) => {
        const count = sent.filter((mailedAt) => slotOf(mailedAt) === slot).length
        const of = (type: 'bounced' | 'complained') => {
          const ids = tallies.filter((tally) => tally.type === type && slotOf(tally.mailedAt) === slot)
          return ids.length > 0 ? new Set(ids.map(({ messageId }) => messageId)) : undefined
        }
        const added = Object.entries({
          sent: count > 0 ? count : undefined,
          bounced: of('bounced'),
          complained: of('complained'),
        }).filter(([, value]) => value !== undefined)
        await client.send(
          new UpdateCommand({
            TableName: tableName,
            Key: keyOf(`${slotPrefix}${slot}`),
            UpdateExpression: `SET #expires = :expires ADD ${added.map(([name]) => `#${name} :${name}`).join(', ')}`,
            ExpressionAttributeNames: {
              '#expires': table.timeToLive,
              ...Object.fromEntries(added.map(([name]) => [`#${name}`, name])),
            },
            ExpressionAttributeValues: {
              ':expires': Math.floor(Date.parse(slot) / 1_000) + keptSeconds,
              ...Object.fromEntries(added.map(([name, value]) => [`:${name}`, value])),
            },
          }),
        )
      }),
    )
  },

  // A day has 145 slots of about a hundred bytes: one request, unless a great deal has bounced.
  since: async (from) => {
    const slots: Slot[] = []
    let start: Record<string, unknown> | undefined
    do {
      const page = await client.send(
        new QueryCommand({
          TableName: tableName,
          KeyConditionExpression: '#pk = :sending AND #sk BETWEEN :from AND :to',
          ExpressionAttributeNames: { '#pk': table.partitionKey, '#sk': table.sortKey },
          ExpressionAttributeValues: {
            ':sending': 'SENDING',
            ':from': `${slotPrefix}${from}`,
            ':to': `${slotPrefix}9`,
          },
          ConsistentRead: true,
          ExclusiveStartKey: start,
        }),
      )
      for (const item of page.Items ?? [])
        slots.push({
          at: String(item[table.sortKey]).slice(slotPrefix.length),
          sent: typeof item.sent === 'number' ? item.sent : 0,
          bounced: sizeOf(item.bounced),
          complained: sizeOf(item.complained),
        })
      start = page.LastEvaluatedKey
    } while (start)
    return slots
  },
})

const sizeOf = (set: unknown): number => (set instanceof Set ? set.size : 0)
