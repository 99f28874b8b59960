import { type DynamoDBDocumentClient, QueryCommand } from '@aws-sdk/lib-dynamodb'
import type { Handoff, HandoffState } from '../../domain/handoff/handoff.ts'
import { leadIdOfHandoff } from '../../domain/handoff/handoff-ids.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import { parseLeadId } from '../../domain/lead/lead-id.ts'
import type { Handoffs } from '../ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { countHandoff } from './dynamo-counted.ts'
import { loadListed } from './dynamo-listed.ts'
import { itemsBelow } from './items-below.ts'
import { versionedItems } from './versioned-items.ts'

/** Handoffs as items of their lead's partition, listed by state. */
export const dynamoHandoffs = (client: DynamoDBDocumentClient, tableName: string): Handoffs => {
  const items = versionedItems(client, tableName)
  const keyOf = (leadId: LeadId, handoffId: string) => ({
    [table.partitionKey]: `L#${leadId}`,
    [table.sortKey]: `HANDOFF#${handoffId}`,
  })

  const load = async (leadId: LeadId, handoffId: string): Promise<Handoff | undefined> => {
    const item = await dynamoBatcher(client, tableName).get(keyOf(leadId, handoffId))
    return item && handoffOf(item)
  }

  return {
    load,

    find: async (handoffId) => {
      const leadId = parseLeadId(leadIdOfHandoff(handoffId))
      return leadId && load(leadId, handoffId)
    },

    list: async (leadId) => (await itemsBelow(client, tableName, `L#${leadId}`, 'HANDOFF#')).map(handoffOf),

    page: async ({ state, limit, cursor }) => {
      const { Items = [], LastEvaluatedKey } = await client.send(
        new QueryCommand({
          TableName: tableName,
          IndexName: table.lists.name,
          KeyConditionExpression: cursor ? '#list = :state AND #rank < :cursor' : '#list = :state',
          ExpressionAttributeNames: {
            '#list': table.lists.partitionKey,
            ...(cursor ? { '#rank': table.lists.sortKey } : {}),
          },
          ExpressionAttributeValues: { ':state': listOf(state), ...(cursor ? { ':cursor': cursor } : {}) },
          ScanIndexForward: false,
          Limit: limit,
        }),
      )
      const loaded = (await loadListed(client, tableName, Items)).map(handoffOf)
      // The index may still show a handoff under a state that it has left.
      const standing = loaded.filter(({ answer }) => answer.state === state)
      return {
        items: standing,
        ...(LastEvaluatedKey && { next: String(LastEvaluatedKey[table.lists.sortKey]) }),
      }
    },

    commit: async (handoff) => {
      const { outbox, ...kept } = handoff
      const { handoffId, leadId, answer, requestedAt, version } = handoff
      const item = {
        ...keyOf(leadId, handoffId),
        [table.lists.partitionKey]: listOf(answer.state),
        [table.lists.sortKey]: `${requestedAt}#${handoffId}`,
        handoff: JSON.stringify({ ...kept, version: version + 1 }),
        ...(outbox.length > 0 && { outbox: JSON.stringify(outbox) }),
      }
      await items.put(item, version, `handoff ${handoffId} has moved on`)
    },

    clearOutbox: ({ leadId, handoffId, version }) => items.clearOutbox(keyOf(leadId, handoffId), version),

    count: countHandoff(client, tableName),
  }
}

const listOf = (state: HandoffState): string => `HANDOFFS#${state}`

/** Reads what `commit` wrote: the table is ours, its shape is not checked again. Handoffs of before do not say who had them. */
const handoffOf = (item: Record<string, unknown>): Handoff => {
  const handoff = JSON.parse(String(item.handoff))
  const { team, owner, requestedAt: at, round = 1 } = handoff
  const had = Array.from({ length: round }, () => ({ team, owner, at, because: 'routed' }))
  const outbox = typeof item.outbox === 'string' ? JSON.parse(item.outbox) : []
  return { ...handoff, assignments: handoff.assignments ?? had, outbox }
}
