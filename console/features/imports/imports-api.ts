import { useInfiniteQuery, useQuery } from '@tanstack/preact-query'
import type { ImportRow, ImportSettings } from '../../../domain/import/plan-row.ts'
import { change, queries, read, withQuery } from '../../lib/api.ts'

type ImportState = 'waiting' | 'importing' | 'done' | 'undoing' | 'undone'

export interface ImportSummary extends ImportSettings {
  readonly name: string
  readonly state: ImportState
  readonly createdAt: string
  readonly by: string
  readonly rows: number
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly rejectedRows: number
}

export interface Rejected {
  readonly line: number
  readonly reason: string
}

export interface ImportDetail extends ImportSummary {
  /** The first of them. */
  readonly rejected: readonly Rejected[]
}

export type ImportPlan = Pick<ImportSettings, 'mapping' | 'mode' | 'consent' | 'enter'> & {
  readonly name: string
}

const pathOf = (id: string, more = ''): string => `/api/imports/${encodeURIComponent(id)}${more}`

export const useImports = () =>
  useInfiniteQuery({
    queryKey: ['imports'],
    queryFn: ({ pageParam, signal }) =>
      read<{ readonly items: readonly ImportSummary[]; readonly next?: string }>(
        withQuery('/api/imports', { limit: 50, cursor: pageParam }),
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  })

/** While something is under way, how often it is looked at, in ms. */
const underWayMs = 1_000
const isUnderWay = (state: ImportState | undefined): boolean => state === 'importing' || state === 'undoing'

export const useImport = (id: string) =>
  useQuery({
    queryKey: ['imports', id],
    queryFn: ({ signal }) => read<ImportDetail>(pathOf(id), signal),
    refetchInterval: ({ state }) => (isUnderWay(state.data?.state) ? underWayMs : 4_000),
  })

const again = <Answer>(answer: Answer): Promise<Answer> =>
  queries.invalidateQueries({ queryKey: ['imports'] }).then(() => answer)

export const beginImport = (plan: ImportPlan): Promise<ImportSummary> =>
  change<ImportSummary>('POST', '/api/imports', plan).then(again)

export const sendRows = (id: string, rows: readonly ImportRow[], isLast: boolean): Promise<unknown> =>
  change('POST', pathOf(id, '/rows'), { rows, ...(isLast && { last: true }) })

export const undoImport = (id: string): Promise<unknown> => change('POST', pathOf(id, '/undo')).then(again)

/** All of them, page by page. */
export const readRejected = async (id: string): Promise<readonly Rejected[]> => {
  const all: Rejected[] = []
  for (let after = 0; ; ) {
    const { rejected } = await read<ImportDetail>(withQuery(pathOf(id), { after }))
    all.push(...rejected)
    const last = rejected.at(-1)
    if (!last) return all
    after = last.line
  }
}
