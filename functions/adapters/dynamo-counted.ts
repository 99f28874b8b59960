import { type DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import { countedIn } from '../../domain/handoff/round.ts'
import { table } from '../table-schema.ts'
import { conditionFailed } from './dynamo-client.ts'
import { pointerList } from './dynamo-pointers.ts'

export const teamPartition = (team: string): string => `TEAM#${team}`
export const countedPrefix = 'OPEN#'

/** How long it is known that a handoff is no longer open, in seconds: longer than anybody is on the way to say that it is. */
const remembered = 3600

/**
 * An item for each open handoff in the partition of its team. One that is closed stays for a while, so that whoever is
 * late with an older version does not open it again. It is found from its lead, and goes away with it.
 */
export const countHandoff =
  (client: DynamoDBDocumentClient, tableName: string) =>
  async (handoff: Handoff): Promise<void> => {
    const { leadId, version } = handoff
    await Promise.all(
      countedIn(handoff).map(async ({ team, handoffId, owner, assignment, isOpen, closedAt }) => {
        const Key = {
          [table.partitionKey]: teamPartition(team),
          [table.sortKey]: `${countedPrefix}${handoffId}`,
        }
        try {
          await client.send(
            new PutCommand({
              TableName: tableName,
              Item: {
                ...Key,
                ...pointerList(leadId, Key),
                leadId,
                owner,
                assignment,
                isOpen,
                version,
                ...(closedAt !== undefined && {
                  [table.timeToLive]: Math.floor(Date.parse(closedAt) / 1000) + remembered,
                }),
              },
              ConditionExpression: 'attribute_not_exists(version) OR version <= :version',
              ExpressionAttributeValues: { ':version': version },
            }),
          )
        } catch (error) {
          if (!conditionFailed(error)) throw error
        }
      }),
    )
  }
