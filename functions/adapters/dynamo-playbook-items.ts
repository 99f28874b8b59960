import { gunzipSync, gzipSync } from 'node:zlib'
import type { JsonObject } from '../../domain/json.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { SourceFiles } from '../playbook-ports.ts'
import { table } from '../table-schema.ts'
import type { Item, Key } from './dynamo-lead-items.ts'

const keyOf = (partition: string, sort: string): Key => ({
  [table.partitionKey]: partition,
  [table.sortKey]: sort,
})

/** Compiled, as it runs. */
export const versionKey = (version: string): Key => keyOf(`PLAYBOOK#${version}`, 'P')
/** The files that a published version was made of. */
export const sourceKey = (version: string): Key => keyOf(`PLAYBOOK#${version}`, 'SOURCE')
export const liveKey = keyOf('PLAYBOOK', 'LIVE')
export const draftKey = keyOf('PLAYBOOK', 'DRAFT')

/**
 * Which version the pointer makes live for code that was deployed with the version `bundled`. It counts only while it was
 * set on top of that very one: a deployment that brings another playbook makes its own live, for each function at the
 * moment when its new code answers.
 */
export const liveVersion = (pointer: Item | undefined, bundled: string): string =>
  pointer?.base === bundled && typeof pointer.version === 'string' ? pointer.version : bundled

const pack = (text: string): Uint8Array => gzipSync(text)

/** Bytes that a text takes in an item: what a check says of the size is what publishing finds. */
export const packedBytes = (text: string): number => pack(text).byteLength

export const packPlaybook = (playbook: Playbook): Uint8Array => pack(JSON.stringify(playbook))

export const packFiles = (files: SourceFiles): Uint8Array => pack(JSON.stringify(Object.fromEntries(files)))

const unpack = <Content>(content: unknown): Content | undefined =>
  content instanceof Uint8Array ? JSON.parse(gunzipSync(content).toString('utf8')) : undefined

/** @returns undefined where the item is missing or holds something else. */
export const unpackPlaybook = (item: Item | undefined): Playbook | undefined =>
  unpack<Playbook>(item?.playbook)

export const unpackFiles = (item: Item | undefined): SourceFiles | undefined => {
  const files = unpack<JsonObject>(item?.files)
  return files && new Map(Object.entries(files).map(([path, text]) => [path, String(text)]))
}
