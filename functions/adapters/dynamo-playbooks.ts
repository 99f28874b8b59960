import { gunzipSync, gzipSync } from 'node:zlib'
import { type DynamoDBDocumentClient, GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { Playbooks } from '../ports.ts'
import { table } from '../table-schema.ts'
import { conditionFailed } from './dynamo-client.ts'

const keyOf = (version: string): Record<string, string> => ({
  [table.partitionKey]: `PLAYBOOK#${version}`,
  [table.sortKey]: 'P',
})

/** The bundled playbook is the live one; versions that runs began with are kept in the table, compressed. */
export const dynamoPlaybooks = (
  client: DynamoDBDocumentClient,
  tableName: string,
  bundled: Playbook,
): Playbooks => {
  const known = new Map<string, Playbook>([[bundled.version, bundled]])
  const kept = new Set<string>()

  /** Looked for first, as a refused write of the whole playbook would cost as much as one that is taken. */
  const isKept = async (version: string): Promise<boolean> => {
    const { Item } = await client.send(
      new GetCommand({
        TableName: tableName,
        Key: keyOf(version),
        ProjectionExpression: '#pk',
        ExpressionAttributeNames: { '#pk': table.partitionKey },
      }),
    )
    return Item !== undefined
  }

  return {
    current: async () => bundled,

    version: async (version) => {
      const seen = known.get(version)
      if (seen) return seen
      const { Item } = await client.send(
        new GetCommand({ TableName: tableName, Key: keyOf(version), ConsistentRead: true }),
      )
      const content: unknown = Item?.playbook
      if (!(content instanceof Uint8Array)) throw new Error(`playbook version ${version} was never kept`)
      const playbook: Playbook = JSON.parse(gunzipSync(content).toString('utf8'))
      known.set(version, playbook)
      return playbook
    },

    keep: async (playbook) => {
      if (kept.has(playbook.version)) return
      if (!(await isKept(playbook.version))) {
        try {
          await client.send(
            new PutCommand({
              TableName: tableName,
              Item: { ...keyOf(playbook.version), playbook: gzipSync(JSON.stringify(playbook)) },
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
