import { gzipSync } from 'node:zlib'

/** A text as an item keeps it. */
export const pack = (text: string): Uint8Array => gzipSync(text)

/** Bytes that a text takes in an item: what a check says of the size is what publishing finds. */
export const packedBytes = (text: string): number => pack(text).byteLength
