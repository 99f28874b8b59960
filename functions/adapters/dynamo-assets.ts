import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import type { AssetStore } from '../playbook-ports.ts'
import { partitions } from '../table-schema.ts'
import { dynamoItems, isNew, type Key, keyOf } from './dynamo-items.ts'

/** Among playbooks, so that whoever may read those may read their pictures. */
const assetKey = (name: string): Key => keyOf(partitions.playbook(`asset-${name}`), 'ASSET')

interface DynamoAssetsOptions {
  readonly client: DynamoDBClient
  readonly tableName: string
  /** What this code was deployed with. */
  readonly bundled: ReadonlyMap<string, Uint8Array>
}

/** One item for each picture, never changed: its name says what is in it. */
export const dynamoAssets = ({ client, tableName, bundled }: DynamoAssetsOptions): AssetStore => {
  const items = dynamoItems(client, tableName)
  const stored = new Set<string>()

  const store = async (name: string, picture: Uint8Array): Promise<void> => {
    // Looked for first, as a refused write of the whole picture would cost as much as one that is taken.
    if (!stored.has(name) && !(await items.has(assetKey(name))))
      await items.put({ ...assetKey(name), picture }, isNew)
    stored.add(name)
  }

  return {
    read: async (name) => {
      const known = bundled.get(name)
      if (known) return known
      const picture = (await items.get(assetKey(name)))?.picture
      return picture instanceof Uint8Array ? picture : undefined
    },
    has: async (name) => bundled.has(name) || stored.has(name) || items.has(assetKey(name)),
    store,
    keep: async (names) => {
      for (const name of names) {
        const picture = bundled.get(name)
        if (picture) await store(name, picture)
      }
    },
  }
}
