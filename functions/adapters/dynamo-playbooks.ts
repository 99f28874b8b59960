import { gunzipSync } from 'node:zlib'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { underThisFold } from '../../domain/lead/fold-version.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { largestFiles, largestPlaybook } from '../../domain/model/playbook.ts'

import type {
  PastPlaybook,
  PlaybookPublished,
  PlaybookStore,
  Publication,
  SourceFiles,
} from '../playbook-ports.ts'
import { Conflict, type Playbooks } from '../ports.ts'
import { partitions } from '../table-schema.ts'
import { dynamoItems, type Item, isNew, type Key, keyOf, sortOf } from './dynamo-items.ts'
import { pack } from './pack.ts'

/** Compiled, as it runs. */
const versionKey = (version: string): Key => keyOf(partitions.playbook(version), 'P')
/** The files that a published version was made of. */
const sourceKey = (version: string): Key => keyOf(partitions.playbook(version), 'SOURCE')
const liveKey = keyOf(partitions.playbooks, 'LIVE')
const draftKey = keyOf(partitions.playbooks, 'DRAFT')
/** A publication that another one replaced, as the pointer named it. */
const pastKey = (revision: number): Key =>
  keyOf(partitions.playbooks, `PUBLISHED#${String(revision).padStart(9, '0')}`)

/**
 * Which version the pointer makes live for code that was deployed with the version `bundled`. It counts only while it was
 * set on top of that very one: a deployment that brings another playbook makes its own live, for each function at the
 * moment when its new code answers.
 */
const liveVersion = (pointer: Item | undefined, bundled: string): string =>
  pointer?.base === bundled && typeof pointer.version === 'string' ? pointer.version : bundled

const packPlaybook = (playbook: Playbook): Uint8Array => pack(JSON.stringify(playbook))

const packFiles = (files: SourceFiles): Uint8Array => pack(JSON.stringify(Object.fromEntries(files)))

const unpack = <Content>(content: unknown): Content | undefined =>
  content instanceof Uint8Array ? JSON.parse(gunzipSync(content).toString('utf8')) : undefined

/** @returns undefined where the item is missing or holds something else. */
const unpackPlaybook = (item: Item | undefined): Playbook | undefined => unpack<Playbook>(item?.playbook)

const unpackFiles = (item: Item | undefined): SourceFiles | undefined => {
  const files = unpack<JsonObject>(item?.files)
  return files && new Map(Object.entries(files).map(([path, text]) => [path, String(text)]))
}

/**
 * The bundled playbook is the live one until another is published on top of it; published versions, and those that runs
 * began with, are kept in the table, compressed. Asking which one is live is a read of one small item, which shares a
 * request with whatever else is read at the same moment.
 */
export const dynamoPlaybooks = (client: DynamoDBClient, tableName: string, bundled: Playbook): Playbooks => {
  const items = dynamoItems(client, tableName)
  const known = new Map<string, Promise<Playbook>>([[bundled.version, Promise.resolve(bundled)]])
  const kept = new Set<string>()

  const read = async (version: string): Promise<Playbook> => {
    const playbook = unpackPlaybook(await items.get(versionKey(version)))
    if (!playbook) throw new Error(`playbook version ${version} was never kept`)
    kept.add(version)
    // It may have been published before a release that mends the fold.
    return { ...playbook, rulesVersion: underThisFold(playbook.rulesVersion) }
  }

  /** Once for each version, however many ask at once; a failure is not remembered. */
  const find = (version: string): Promise<Playbook> => {
    const current = known.get(version)
    if (current) return current
    const reading = read(version)
    known.set(version, reading)
    reading.catch(() => known.delete(version))
    return reading
  }

  return {
    current: async () => find(liveVersion(await items.get(liveKey), bundled.version)),

    version: find,

    keep: async (playbook) => {
      if (kept.has(playbook.version)) return
      // Looked for first, as a refused write of the whole playbook would cost as much as one that is taken.
      if (!(await items.has(versionKey(playbook.version))))
        await items.put({ ...versionKey(playbook.version), playbook: packPlaybook(playbook) }, isNew)
      kept.add(playbook.version)
    },
  }
}

interface DynamoPlaybookStoreOptions {
  readonly client: DynamoDBClient
  readonly tableName: string
  /** What this code was deployed with. */
  readonly bundled: { readonly playbook: Playbook; readonly files: SourceFiles }
}

export const dynamoPlaybookStore = ({
  client,
  tableName,
  bundled,
}: DynamoPlaybookStoreOptions): PlaybookStore => {
  const items = dynamoItems(client, tableName)

  const read = async (version: string): Promise<Playbook> => {
    if (version === bundled.playbook.version) return bundled.playbook
    const playbook = unpackPlaybook(await items.get(versionKey(version)))
    if (!playbook) throw new Error(`the live playbook ${version} is not in the table`)
    return playbook
  }

  /** What the pointer names so far, and the files of what came with this deployment: the next deployment may bring others. */
  const keepReplaced = async (revision: number): Promise<void> => {
    const pointer = await items.get(liveKey)
    if (pointer && Number(pointer.revision) === revision) {
      const { outbox: _, ...past } = pointer
      await items.put({ ...past, ...pastKey(revision) }, isNew)
    }
    const own = sourceKey(bundled.playbook.version)
    if (!(await items.has(own))) await items.put({ ...own, files: packFiles(bundled.files) }, isNew)
  }

  const point = async (publication: Publication, revision: number): Promise<void> => {
    const { playbook, at, by, outbox } = publication
    const pointer = {
      ...liveKey,
      version: playbook.version,
      base: bundled.playbook.version,
      publishedAt: at,
      by,
      revision: revision + 1,
      ...(outbox && { outbox }),
    }
    const isLatest = revision === 0 ? isNew : atRevision(revision)
    if (!(await items.put(pointer, isLatest))) throw new Conflict('somebody else published meanwhile')
  }

  return {
    live: async () => {
      const pointer = await items.get(liveKey)
      const revision = Number(pointer?.revision ?? 0)
      if (pointer?.base !== bundled.playbook.version) return { ...bundled, revision }
      const version = liveVersion(pointer, bundled.playbook.version)
      const [playbook, source] = await Promise.all([read(version), items.get(sourceKey(version))])
      return {
        playbook,
        files: unpackFiles(source) ?? bundled.files,
        published: { at: String(pointer.publishedAt), by: String(pointer.by) },
        ...(isPublished(pointer.outbox) && { outbox: pointer.outbox }),
        revision,
      }
    },

    draft: async () => {
      const item = await items.get(draftKey)
      const files = unpackFiles(item)
      return files && { files, savedAt: String(item?.savedAt), by: String(item?.by) }
    },

    saveDraft: async ({ files, savedAt, by }, over) => {
      const packed = packFiles(files)
      if (packed.byteLength > largestFiles) return 'too-large'
      const done = await items.put({ ...draftKey, files: packed, savedAt, by }, savedOver(over))
      return done ? 'saved' : 'changed'
    },

    history: async ({ limit, before }) => {
      const isFirst = before === undefined
      const [pointer, { Items = [] }] = await Promise.all([
        isFirst ? items.get(liveKey) : undefined,
        items.page({
          where: '#pk = :all and #sk between :first and :last',
          values: {
            all: partitions.playbooks,
            first: sortOf(pastKey(0)),
            last: sortOf(pastKey(isFirst ? lastRevision : before - 1)),
          },
          ScanIndexForward: false,
          Limit: limit + 1,
          ConsistentRead: true,
        }),
      ])
      const read = [...(pointer ? [pointer] : []), ...Items]
      const shown = read.slice(0, limit)
      const isReplaced = isFirst && pointer?.base !== bundled.playbook.version
      return {
        items: [
          ...(isReplaced ? [{ version: bundled.playbook.version }] : []),
          ...shown.flatMap((item, index) => pastOf(item, read[index + 1])),
        ],
        ...(read.length > limit && { next: Number(shown.at(-1)?.revision) }),
      }
    },

    filesOf: async (version) =>
      version === bundled.playbook.version ? bundled.files : unpackFiles(await items.get(sourceKey(version))),

    publish: async (publication, revision) => {
      const { playbook, files } = publication
      const [compiled, source] = [packPlaybook(playbook), packFiles(files)]
      if (compiled.byteLength > largestPlaybook || source.byteLength > largestFiles) return 'too-large'
      await Promise.all([
        items.put({ ...versionKey(playbook.version), playbook: compiled }),
        items.put({ ...sourceKey(playbook.version), files: source }),
        keepReplaced(revision),
      ])
      await point(publication, revision)
      return 'published'
    },

    // The one who changed it since has seen to the rest.
    clearOutbox: async (revision) => {
      await items.update(liveKey, { remove: ['outbox'], ...atRevision(revision) })
    },

    dropDraft: (savedAt) => items.remove(draftKey, { when: 'savedAt = :seen', values: { seen: savedAt } }),
  }
}

/** More publications than there are going to be. */
const lastRevision = 999_999_999

/** A publication, and before it what came with the deployment that it was the first upon. */
const pastOf = (item: Item, earlier: Item | undefined): readonly PastPlaybook[] => [
  {
    version: String(item.version),
    published: { at: String(item.publishedAt), by: String(item.by) },
  },
  ...(earlier?.base === item.base ? [] : [{ version: String(item.base) }]),
]

/** @param over when the draft that may be replaced was saved; null: none may stand there. */
const savedOver = (over: string | null | undefined) => {
  if (over === undefined) return {}
  return over === null ? isNew : { when: 'savedAt = :seen', values: { seen: over } }
}

const atRevision = (revision: number) => ({ when: 'revision = :seen', values: { seen: revision } })

const isPublished = (outbox: unknown): outbox is PlaybookPublished =>
  typeof outbox === 'object' && outbox !== null && 'rulesVersion' in outbox
