import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { largestFiles, largestPlaybook } from '../../domain/playbook/playbook-size.ts'
import type { PlaybookPublished, PlaybookStore, Publication, SourceFiles } from '../playbook-ports.ts'
import { Conflict } from '../ports.ts'
import { table } from '../table-schema.ts'
import { conditionFailed } from './dynamo-client.ts'
import type { Item, Key } from './dynamo-lead-items.ts'
import {
  draftKey,
  liveKey,
  liveVersion,
  packFiles,
  packPlaybook,
  sourceKey,
  unpackFiles,
  unpackPlaybook,
  versionKey,
} from './dynamo-playbook-items.ts'

export interface DynamoPlaybookStoreOptions {
  readonly client: DynamoDBDocumentClient
  readonly tableName: string
  /** What this code was deployed with. */
  readonly bundled: { readonly playbook: Playbook; readonly files: SourceFiles }
}

export const dynamoPlaybookStore = ({
  client,
  tableName,
  bundled,
}: DynamoPlaybookStoreOptions): PlaybookStore => {
  const get = async (Key: Key): Promise<Item | undefined> =>
    (await client.send(new GetCommand({ TableName: tableName, Key, ConsistentRead: true }))).Item
  const put = (item: Item) => client.send(new PutCommand({ TableName: tableName, Item: item }))

  const read = async (version: string): Promise<Playbook> => {
    if (version === bundled.playbook.version) return bundled.playbook
    const playbook = unpackPlaybook(await get(versionKey(version)))
    if (!playbook) throw new Error(`the live playbook ${version} is not in the table`)
    return playbook
  }

  const point = async (publication: Publication, revision: number): Promise<void> => {
    const { playbook, at, by, outbox } = publication
    const Item = {
      ...liveKey,
      version: playbook.version,
      base: bundled.playbook.version,
      publishedAt: at,
      by,
      revision: revision + 1,
      ...(outbox && { outbox }),
    }
    const condition =
      revision === 0
        ? { ConditionExpression: `attribute_not_exists(${table.partitionKey})` }
        : { ConditionExpression: 'revision = :seen', ExpressionAttributeValues: { ':seen': revision } }
    try {
      await client.send(new PutCommand({ TableName: tableName, Item, ...condition }))
    } catch (error) {
      throw conditionFailed(error) ? new Conflict('somebody else published meanwhile') : error
    }
  }

  return {
    live: async () => {
      const pointer = await get(liveKey)
      const revision = Number(pointer?.revision ?? 0)
      if (pointer?.base !== bundled.playbook.version) return { ...bundled, revision }
      const version = liveVersion(pointer, bundled.playbook.version)
      const [playbook, source] = await Promise.all([read(version), get(sourceKey(version))])
      return {
        playbook,
        files: unpackFiles(source) ?? bundled.files,
        published: { at: String(pointer.publishedAt), by: String(pointer.by) },
        ...(isPublished(pointer.outbox) && { outbox: pointer.outbox }),
        revision,
      }
    },

    draft: async () => {
      const item = await get(draftKey)
      const files = unpackFiles(item)
      return files && { files, savedAt: String(item?.savedAt), by: String(item?.by) }
    },

    saveDraft: async ({ files, savedAt, by }) => {
      const packed = packFiles(files)
      if (packed.byteLength > largestFiles) return 'too-large'
      await put({ ...draftKey, files: packed, savedAt, by })
      return 'saved'
    },

    publish: async (publication, revision) => {
      const { playbook, files } = publication
      const [compiled, source] = [packPlaybook(playbook), packFiles(files)]
      if (compiled.byteLength > largestPlaybook || source.byteLength > largestFiles) return 'too-large'
      await Promise.all([
        put({ ...versionKey(playbook.version), playbook: compiled }),
        put({ ...sourceKey(playbook.version), files: source }),
      ])
      await point(publication, revision)
      return 'published'
    },

    clearOutbox: async (revision) => {
      const update = new UpdateCommand({
        TableName: tableName,
        Key: liveKey,
        UpdateExpression: 'REMOVE outbox',
        ConditionExpression: 'revision = :seen',
        ExpressionAttributeValues: { ':seen': revision },
      })
      await unlessChanged(client.send(update))
    },

    dropDraft: async (savedAt) => {
      const removal = new DeleteCommand({
        TableName: tableName,
        Key: draftKey,
        ConditionExpression: 'savedAt = :seen',
        ExpressionAttributeValues: { ':seen': savedAt },
      })
      await unlessChanged(client.send(removal))
    },
  }
}

/** Whoever changed it since has seen to the rest. */
const unlessChanged = async (write: Promise<unknown>): Promise<void> => {
  try {
    await write
  } catch (error) {
    if (!conditionFailed(error)) throw error
  }
}

const isPublished = (outbox: unknown): outbox is PlaybookPublished =>
  typeof outbox === 'object' && outbox !== null && 'rulesVersion' in outbox
