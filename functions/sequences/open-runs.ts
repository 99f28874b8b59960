import type { Run } from '../../domain/sequence/run.ts'
import type { RunList } from '../sequence-ports.ts'

/** Of runs that have not ended, in the order in which they are gone through. */
export const openStatuses = ['waiting', 'held'] as const
type OpenStatus = (typeof openStatuses)[number]

/** Where the next page begins. */
interface Place {
  readonly status: OpenStatus
  readonly after?: string
}

/** DynamoDB takes keys of at most a kilobyte. */
const longestCursor = 500

/** A status alone is its beginning; cursors of runs begin with theirs. @returns undefined for what is no place of this list. */
const placeOf = (cursor: string | undefined): Place | undefined => {
  if (cursor === undefined) return { status: openStatuses[0] }
  const status = openStatuses.find((one) => cursor === one || cursor.startsWith(`${one}#`))
  if (!status || cursor.length > longestCursor) return undefined
  return cursor === status ? { status } : { status, after: cursor }
}

/**
 * One page of the runs of a sequence that have not ended: those that wait, then those that are held. A page may hold fewer
 * than `limit`, or none, and yet not be the last.
 * @returns undefined where `cursor` is not one of this list.
 */
export const openRuns = async (
  { page }: Pick<RunList, 'page'>,
  sequence: string,
  { limit, cursor }: { readonly limit: number; readonly cursor?: string },
): Promise<{ readonly items: readonly Run[]; readonly next?: string } | undefined> => {
  const place = placeOf(cursor)
  if (!place) return undefined
  const { status, after } = place
  const { items, next } = await page({
    sequence,
    status,
    limit,
    ...(after !== undefined && { cursor: after }),
  })
  const following = next ?? openStatuses[openStatuses.indexOf(status) + 1]
  return following === undefined ? { items } : { items, next: following }
}
