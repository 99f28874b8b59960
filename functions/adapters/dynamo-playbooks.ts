import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { underThisFold } from '../../domain/lead/fold-version.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { Playbooks } from '../ports.ts'
import { table } from '../table-schema.ts'
import { dynamoBatcher } from './dynamo-batcher.ts'
import { conditionFailed } from './dynamo-client.ts'
import { liveKey, liveVersion, packPlaybook, unpackPlaybook, versionKey } from './dynamo-playbook-items.ts'

/**
 * The bundled playbook is the live one until another is published on top of it; published versions, and those that runs
 * began with, are kept in the table, compressed. Asking which one is live is a read of one small item, which shares a
 * request with whatever else is read at the same moment.
 */
export const dynamoPlaybooks = (
  client: DynamoDBDocumentClient,
  tableName: string,
  bundled: Playbook,
): Playbooks => {
  const batcher = dynamoBatcher(client, tableName)
  const known = new Map<string, Promise<Playbook>>([[bundled.version, Promise.resolve(bundled)]])
  const kept = new Set<string>()

  const read = async (version: string): Promise<Playbook> => {
    const { Item } = await client.send(
      new GetCommand({ TableName: tableName, Key: versionKey(version), ConsistentRead: true }),
    )
    const playbook = unpackPlaybook(Item)
    if (!playbook) throw new Error(`playbook version ${version} was never kept`)
    kept.add(version)
    // It may have been published before a release that mends the fold.
    return { ...playbook, rulesVersion: underThisFold(playbook.rulesVersion) }
  }

  /** Once for each version, however many ask at once; a failure is not remembered. */
  const find = (version: string): Promise<Playbook> => {
    const standing = known.get(version)
    if (standing) return standing
    const reading = read(version)
    known.set(version, reading)
    reading.catch(() => known.delete(version))
    return reading
  }

  /** Looked for first, as a refused write of the whole playbook would cost as much as one that is taken. */
  const isKept = async (version: string): Promise<boolean> => {
    const { Item } = await client.send(
      new GetCommand({
        TableName: tableName,
        Key: versionKey(version),
        ProjectionExpression: '#pk',
        ExpressionAttributeNames: { '#pk': table.partitionKey },
      }),
    )
    return Item !== undefined
  }

  return {
    current: async () => find(liveVersion(await batcher.get(liveKey), bundled.version)),

    version: find,

    keep: async (playbook) => {
      if (kept.has(playbook.version)) return
      if (!(await isKept(playbook.version))) {
        try {
          await client.send(
            new PutCommand({
              TableName: tableName,
              Item: { ...versionKey(playbook.version), playbook: packPlaybook(playbook) },
              ConditionExpression: `attribute_not_exists(${table.partitionKey})`,
            }),
          )
        } catch (error) {
          if (!conditionFailed(error)) throw error
        }
      }
      kept.add(playbook.version)
    },
  }
}
