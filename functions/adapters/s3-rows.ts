import { randomUUID } from 'node:crypto'
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { noRows } from '../../domain/kpi/replace-rows.ts'
import { noShardRows } from '../../domain/kpi/settled-rows.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import {
  MissingRows,
  objectsOf,
  type ReportClaims,
  type RowStore,
  reportLease,
  type ShardPointer,
  type WrittenRows,
} from '../figures-ports.ts'
import { type Clock, Conflict, Transient } from '../ports.ts'
import { manifestOf, objectName, partitions, shardPrefix, versionIn } from '../table-schema.ts'
import { dynamoEntities, type Entity } from './dynamo-entity.ts'
import { dynamoItems, expiry, type Key, keyOf } from './dynamo-items.ts'
import { fingerprintsIn, readRows, writeRows } from './row-files.ts'

const prefix = 'SHARD#'

const entity: Entity<number, ShardPointer> = {
  attribute: 'pointer',
  beside: ['version'],
  key: (shard) => keyOf(partitions.rows, `${prefix}${shard}`),
}

const unwritten = (shard: number): ShardPointer => ({ shard, version: 0, rows: 0, writtenAt: '' })

const standing = (pointer: ShardPointer): ShardPointer => {
  const { settled, ...rest } = pointer
  return settled && settled.beside !== pointer.object ? { ...rest, torn: true } : pointer
}

interface S3RowsOptions {
  readonly objects: S3Client
  readonly bucket: string
  readonly client: DynamoDBClient
  readonly tableName: string
  readonly clock: Clock
}

/** Seconds that an object may be on its way to its pointer, or be read after it was replaced: Athena's queries take minutes. */
export const graceSeconds = 15 * 60

/** A writer that died may have left an object that nobody knows: the shard is looked through each so many versions. */
const sweptEach = 64

/** What the pointer named until now and before, and what of it nobody reads any more. @param still what it goes on to name. */
const formerOf = (pointer: ShardPointer, still: readonly string[], now: string) => {
  const { former = [] } = pointer
  const replaced = objectsOf(pointer).filter((name) => !still.includes(name))
  const all = [...former, ...replaced.map((object) => ({ object, until: now }))]
  const isOver = ({ until }: { readonly until: string }): boolean =>
    Date.parse(now) - Date.parse(until) >= graceSeconds * 1000
  return { former: all.filter((one) => !isOver(one)), gone: all.filter(isOver).map((one) => one.object) }
}

interface Listed {
  readonly name: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Objects of one bucket, by name. */
const bucketOf = (client: S3Client, Bucket: string) => ({
  /** @returns undefined where there is none. */
  get: async (Key: string): Promise<Uint8Array | undefined> => {
    try {
      const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
      return await Body?.transformToByteArray()
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined
      throw error
    }
  },

  put: async (Key: string, Body: Uint8Array | string): Promise<void> => {
    await client.send(new PutObjectCommand({ Bucket, Key, Body }))
  },

  /** A thousand at most: further ones are found the next time. */
  list: async (Prefix: string): Promise<readonly Listed[]> => {
    const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix }))
    return Contents.flatMap(({ Key, LastModified }) =>
      Key === undefined ? [] : [{ name: Key, at: LastModified?.getTime() ?? 0 }],
    )
  },

  remove: async (names: readonly string[]): Promise<void> => {
    if (names.length === 0) return
    const Objects = names.map((Key) => ({ Key }))
    const { Errors = [] } = await client.send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    )
    if (Errors.length > 0) throw new Transient(`S3 left ${Errors.length} objects undeleted`)
  },
})

/** Rows as Parquet objects, and in the table where each shard's stand. */
export const s3Rows = ({ objects, bucket, client, tableName, clock }: S3RowsOptions): RowStore => {
  const pointers = dynamoEntities(client, tableName, entity)
  const store = bucketOf(objects, bucket)

  const load = async (shard: number): Promise<ShardPointer> =>
    standing((await pointers.load(shard)) ?? unwritten(shard))

  /** Whoever moved the pointer meanwhile may have been faster here as well: what is named last is what the pointer names. */
  const name = async (pointer: ShardPointer): Promise<void> => {
    for (let named = pointer; ; ) {
      const lines = objectsOf(named).map((object) => `s3://${bucket}/${object}\n`)
      await store.put(manifestOf(named.shard), lines.join(''))
      const current = await load(named.shard)
      if (current.object === named.object) return
      named = current
    }
  }

  /** @returns undefined where somebody else was faster. */
  const move = async (pointer: ShardPointer): Promise<ShardPointer | undefined> => {
    try {
      return await pointers.commit(pointer.shard, pointer)
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      // A write that was repeated because its answer was lost meets itself.
      const standing = await load(pointer.shard)
      return standing.object === pointer.object ? standing : undefined
    }
  }

  /** @param keptFor seconds that what was replaced stays. */
  const sweep = async (shard: number, keptFor: number): Promise<void> => {
    // Before the list: what it names beside the pointer's is older, or on its way to a later version.
    const pointer = await load(shard)
    const now = Date.parse(clock())
    // However old an object is: it may have been replaced a moment ago.
    const former = keptFor === 0 ? [] : (pointer.former ?? []).map(({ object }) => object)
    const stays = new Set([...objectsOf(pointer), ...former])
    const goes = ({ name, at }: Listed): boolean => {
      const limit = versionIn(name) <= pointer.version ? keptFor : graceSeconds
      return !stays.has(name) && (limit === 0 || now - at >= limit * 1000)
    }
    await store.remove((await store.list(shardPrefix(shard))).filter(goes).map(({ name }) => name))
  }

  /** What `of` makes of an object. @throws MissingRows */
  const read = async <Result>(
    shard: number,
    name: string,
    of: (bytes: Uint8Array) => Result,
  ): Promise<Awaited<Result>> => {
    const bytes = await store.get(name)
    if (!bytes) throw new MissingRows(shard)
    try {
      return await of(bytes)
    } catch (error) {
      throw new MissingRows(shard, { cause: error })
    }
  }

  const readMoving: RowStore['readMoving'] = async ({ shard, object }) => {
    if (object === undefined) return noShardRows.moving
    return read(shard, object, async (bytes) => ({
      rows: await readRows(bytes),
      settled: fingerprintsIn(bytes),
    }))
  }

  const write = async ({ shard, version }: ShardPointer, file: Uint8Array): Promise<string> => {
    const object = objectName(shard, version + 1, randomUUID())
    await store.put(object, file)
    return object
  }

  /** @returns where the settled rows stand from now on, beside the moving ones of `beside`. */
  const writeSettled = async (
    pointer: ShardPointer,
    next: WrittenRows,
    beside: string,
  ): Promise<ShardPointer['settled']> => {
    if (!('settled' in next)) return pointer.settled && { ...pointer.settled, beside }
    const rows = next.settled.kind.length
    if (rows === 0) return undefined
    return { object: await write(pointer, writeRows(next.settled)), rows, before: next.before, beside }
  }

  return {
    load,

    pointers: async () => (await pointers.below(partitions.rows, prefix)).map(standing),

    readMoving,

    read: async (pointer) => {
      const { shard, settled } = pointer
      const [moving, still] = await Promise.all([
        readMoving(pointer),
        settled ? read(shard, settled.object, readRows) : noRows,
      ])
      return { settled: still, before: settled?.before ?? 0, moving }
    },

    replace: async (pointer, next, at) => {
      const { settled: _settled, torn: _torn, ...rest } = pointer
      const { rows, settled: fingerprints } = next.moving
      const object = await write(pointer, writeRows(rows, fingerprints))
      const settled = await writeSettled(pointer, next, object)
      const named = settled ? [settled.object, object] : [object]
      const { former, gone } = formerOf(pointer, named, at)
      const current = await move({
        ...rest,
        object,
        ...(settled && { settled }),
        rows: rows.kind.length + (settled?.rows ?? 0),
        writtenAt: at,
        former,
      })
      if (!current) {
        // Whoever was faster may have gone on from what this one wrote, where the answer of that was lost.
        const kept = [...objectsOf(pointer), ...objectsOf(await load(pointer.shard))]
        await store.remove(named.filter((name) => !kept.includes(name)))
        throw new Conflict(`shard ${pointer.shard} changed since ${pointer.version}`)
      }
      await name(current)
      await store.remove(gone)
      if (current.version % sweptEach === 0) await sweep(pointer.shard, graceSeconds)
      return current
    },

    sweep: (shard) => sweep(shard, 0),
  }
}

/** Of a report that a quarter has passed since, nobody asks any more. */
const claimSeconds = 90 * 24 * 3_600

export const dynamoReportClaims = (client: DynamoDBClient, tableName: string, clock: Clock): ReportClaims => {
  const items = dynamoItems(client, tableName)
  const keyFor = (period: string, address: string): Key =>
    keyOf(partitions.rows, `REPORT#${period}#${address}`)
  return {
    claim: async (period, address) => {
      const [key, now] = [keyFor(period, address), clock()]
      const until = addMilliseconds(now, reportLease * 1_000)
      const isFree = await items.put(
        { ...key, ...expiry(now, claimSeconds), until },
        { when: 'attribute_not_exists(#pk) OR #until < :now', values: { now } },
      )
      if (isFree) return 'claimed'
      const standing = await items.get(key)
      return standing?.until === undefined ? 'sent' : 'busy'
    },
    settle: async (period, address) => {
      await items.put({ ...keyFor(period, address), ...expiry(clock(), claimSeconds) })
    },
    release: (period, address) => items.remove(keyFor(period, address)),
  }
}
