import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { parseLeadId } from '../../domain/model/activity.ts'
import { hashText } from '../../domain/model/hash-text.ts'
import type { Broadcast } from '../../domain/sending/broadcast.ts'
import {
  type BroadcastMembers,
  type BroadcastPart,
  type BroadcastParts,
  type Broadcasts,
  memberLanes,
  type PartKind,
} from '../broadcast-ports.ts'
import { partitions } from '../table-schema.ts'
import { dynamoEntities, type Entity, valueIn } from './dynamo-entity.ts'
import { dynamoItems, expiry, type Item, keyOf, sortOf } from './dynamo-items.ts'
import { pageOfList } from './ranked-lists.ts'

const list = 'BROADCASTS'

/** Sort keys in a broadcast's partition, or what they begin with. */
export const broadcastSort = 'BROADCAST'
export const broadcastParts = 'PART#'

const broadcastEntity: Entity<string, Broadcast> = {
  attribute: 'broadcast',
  key: (broadcastId) => keyOf(partitions.broadcast(broadcastId), broadcastSort),
  beside: ['version'],
  list: ({ createdAt, broadcastId }) => [list, `${createdAt}#${broadcastId}`],
}

export const dynamoBroadcasts = (client: DynamoDBClient, tableName: string): Broadcasts => {
  const broadcasts = dynamoEntities(client, tableName, broadcastEntity)
  return {
    load: broadcasts.load,
    commit: (broadcast) => broadcasts.commit(broadcast.broadcastId, broadcast),
    page: (place) =>
      pageOfList(client, tableName, { ...place, lists: [list], order: 'descending' }, (item) =>
        [valueIn(broadcastEntity, item)].filter(({ deletedAt }) => deletedAt === undefined),
      ),
  }
}

type PartPlace = Pick<BroadcastPart, 'broadcastId' | 'kind' | 'lane'>

const partEntity = <Kind extends PartKind>(): Entity<PartPlace, BroadcastPart<Kind>> => ({
  attribute: 'part',
  key: ({ broadcastId, kind, lane }) =>
    keyOf(partitions.broadcast(broadcastId), `${broadcastParts}${kind}#${lane}`),
  beside: ['version'],
})

export const dynamoBroadcastParts = (client: DynamoDBClient, tableName: string): BroadcastParts => ({
  load: <Kind extends PartKind>(broadcastId: string, kind: Kind, lane: number) =>
    dynamoEntities(client, tableName, partEntity<Kind>()).load({ broadcastId, kind, lane }),
  commit: <Kind extends PartKind>(part: BroadcastPart<Kind>) =>
    dynamoEntities(client, tableName, partEntity<Kind>()).commit(part, part),
})

/** How long an audience is kept, in seconds: nobody asks for its report any more. */
const membersKept = 180 * 86_400

export const dynamoBroadcastMembers = (client: DynamoDBClient, tableName: string): BroadcastMembers => {
  const items = dynamoItems(client, tableName)
  return {
    add: async (broadcastId, members) => {
      const written = await Promise.all(
        members.map(({ leadId, due }) =>
          items.putNew({
            ...keyOf(partitions.audience(broadcastId, hashText(leadId) % memberLanes), leadId),
            ...expiry(due, membersKept),
            due,
          }),
        ),
      )
      return written.filter((isNew) => isNew).length
    },

    page: async (broadcastId, lane, { limit, cursor = ' ' }) => {
      const { Items = [], LastEvaluatedKey } = await items.page({
        where: '#pk = :audience AND #sk > :after',
        values: { audience: partitions.audience(broadcastId, lane), after: cursor },
        ConsistentRead: true,
        Limit: limit,
      })
      const found = Items.flatMap((item) => {
        const leadId = parseLeadId(sortOf(item))
        return leadId ? [{ leadId, due: String(item.due) }] : []
      })
      const last = found.at(-1)
      return LastEvaluatedKey && last ? { items: found, next: last.leadId } : { items: found }
    },
  }
}

export const broadcastOf = (item: Item): Broadcast => valueIn(broadcastEntity, item)

export const partOf = (item: Item): BroadcastPart => valueIn(partEntity(), item)
