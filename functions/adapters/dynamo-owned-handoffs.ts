import { type DynamoDBDocumentClient, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import { leadIdOfHandoff } from '../../domain/handoff/handoff-ids.ts'
import { table } from '../table-schema.ts'
import { conditionFailed } from './dynamo-client.ts'
import type { Item, Key } from './dynamo-lead-items.ts'
import { rankOf } from './ranked-lists.ts'

export const handoffKey = (leadId: string, handoffId: string): Key => ({
  [table.partitionKey]: `L#${leadId}`,
  [table.sortKey]: `HANDOFF#${handoffId}`,
})

/** A handoff's place in every list: newest last, and unique. */
export const handoffRank = ({ requestedAt, handoffId }: Handoff): string => `${requestedAt}#${handoffId}`

/** The list of what one salesperson has in one state. */
export const ownedList = (state: Handoff['answer']['state'], owner: string): string =>
  `HANDOFFS#${state}#of#${owner.toLowerCase()}`

const signKey = ({ leadId, handoffId, owner, answer }: Handoff): Key => ({
  [table.partitionKey]: `L#${leadId}`,
  [table.sortKey]: `OWNED#${handoffId}#${answer.state}#${owner.email.toLowerCase()}`,
})

/** Keys of the handoffs that signs stand for. */
export const handoffKeys = (signs: readonly Item[]): readonly Key[] =>
  signs.map((sign) => {
    const rank = rankOf(sign)
    const handoffId = rank.slice(rank.indexOf('#') + 1)
    return handoffKey(leadIdOfHandoff(handoffId), handoffId)
  })

/**
 * A handoff stands in the list of its state. That it stands in its owner's as well is an item of its own beside it: a
 * sign. It is put up before the handoff is written and taken down after the next one, so that a crash may leave one too
 * many, which readers pass over, and never one too few. Each is of a version: who is late takes down nothing newer.
 */
export const ownedSigns = (client: DynamoDBDocumentClient, tableName: string) => ({
  putUp: async (handoff: Handoff): Promise<void> => {
    const { owner, answer, version } = handoff
    const Item = {
      ...signKey(handoff),
      [table.lists.partitionKey]: ownedList(answer.state, owner.email),
      [table.lists.sortKey]: handoffRank(handoff),
      version: version + 1,
    }
    await client
      .send(
        new PutCommand({
          TableName: tableName,
          Item,
          ConditionExpression: 'attribute_not_exists(version) OR version < :version',
          ExpressionAttributeValues: { ':version': version + 1 },
        }),
      )
      .catch(ignoreFailedCondition)
  },

  /** @param before the handoff as it was until `now` was written. */
  takeDown: async (before: Handoff, now: Handoff): Promise<void> => {
    const Key = signKey(before)
    if (Key[table.sortKey] === signKey(now)[table.sortKey]) return
    await client
      .send(
        new UpdateCommand({
          TableName: tableName,
          Key,
          UpdateExpression: `REMOVE ${table.lists.partitionKey}, ${table.lists.sortKey}`,
          ConditionExpression: 'version <= :version',
          ExpressionAttributeValues: { ':version': before.version },
        }),
      )
      .catch(ignoreFailedCondition)
  },
})

const ignoreFailedCondition = (error: unknown): void => {
  if (!conditionFailed(error)) throw error
}
