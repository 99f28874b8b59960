import * as z from 'zod/mini'
import { toCursor } from './paging.ts'

/** Lambda answers with 6 MB at most, counted with the quotes of the JSON escaped once more. */
const largestPart = 4_500_000

/** The lists that may be long, in the order in which they are told. */
const listNames = [
  'activities',
  'explained',
  'emails',
  'consentHistory',
  'sequences',
  'handoffs',
  'browsers',
  'webhooks',
] as const

type ListName = (typeof listNames)[number]

/** Made only where a part comes to them. */
export type ExportLists = Readonly<Record<ListName, () => readonly unknown[]>>

/** Where an export goes on, and of which moment it is. */
export interface ExportPlace {
  readonly exportedAt: string
  readonly list: number
  readonly row: number
}

const place = z.object({
  exportedAt: z.iso.datetime(),
  list: z.int().check(z.minimum(0), z.maximum(listNames.length - 1)),
  row: z.int().check(z.minimum(0)),
})

/** @param cursor as `pageQuery` reads it. @returns undefined when it is not one of an export. */
export const readExportCursor = (cursor: string): ExportPlace | undefined => {
  try {
    return z.safeParse(place, JSON.parse(cursor)).data
  } catch {
    return undefined
  }
}

const sizeOf = (value: unknown): number =>
  value === undefined ? 0 : Buffer.byteLength(JSON.stringify(JSON.stringify(value)))

const emptyLists = (): Record<ListName, unknown[]> => ({
  activities: [],
  explained: [],
  emails: [],
  consentHistory: [],
  sequences: [],
  handoffs: [],
  browsers: [],
  webhooks: [],
})

export interface ExportPart {
  readonly lists: Readonly<Record<ListName, readonly unknown[]>>
  /** Cursor of the next part. */
  readonly next?: string
}

/**
 * As much of the lists as one answer takes, from `from` on: at least one row, and each row in one part.
 * @param beside what the answer holds besides them.
 */
export const exportPart = (lists: ExportLists, from: ExportPlace, beside: unknown): ExportPart => {
  const taken = emptyLists()
  let size = sizeOf(beside)
  let isFirst = true
  for (const [list, name] of listNames.entries()) {
    if (list < from.list) continue
    const begin = list === from.list ? from.row : 0
    for (const [offset, item] of lists[name]().slice(begin).entries()) {
      size += sizeOf(item)
      if (size > largestPart && !isFirst)
        return { lists: taken, next: toCursor(JSON.stringify({ ...from, list, row: begin + offset })) }
      taken[name].push(item)
      isFirst = false
    }
  }
  return { lists: taken }
}
