import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/preact-query'
import type { Explanation } from '../../../domain/lead/explain.ts'
import type { LeadSummary } from '../../../domain/lead/lead-summary.ts'
import type { TimelineEntry } from '../../../domain/lead/timeline.ts'
import type { LeadDetail } from '../../../functions/api/show-lead.ts'
import { lookAgain } from '../../lib/activities.ts'
import { change, queries, read, withQuery } from '../../lib/api.ts'
import { language } from '../../lib/texts.ts'

interface Page<Item> {
  readonly items: readonly Item[]
  readonly next?: string
}

export type { LeadDetail }

/** What the address of the list holds; each leaves fewer, but for the last two. */
export const filterNames = [
  'q',
  'stage',
  'segment',
  'sequence',
  'step',
  'owner',
  'team',
  'where',
  'sort',
  'order',
] as const
export type LeadFilters = Readonly<Partial<Record<(typeof filterNames)[number], string | undefined>>>

/** How many there are: the first page tells. */
type Total = number | { readonly atLeast: number }

interface LeadsPage extends Page<LeadSummary> {
  readonly total?: Total
  readonly sorted: boolean
}

const pathOf = (leadId: string, more = ''): string => `/api/leads/${encodeURIComponent(leadId)}${more}`

export const useLeads = (filters: LeadFilters) =>
  useInfiniteQuery({
    queryKey: ['leads', filters],
    queryFn: ({ pageParam, signal }) =>
      read<LeadsPage>(
        withQuery('/api/leads', { sort: 'score', ...filters, limit: 50, cursor: pageParam }),
        signal,
      ),
    // What was found before stays until the next is there.
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    // A condition that is wrong is wrong again.
    retry: false,
  })

export const useLead = (leadId: string) =>
  useQuery({
    queryKey: ['lead', leadId],
    queryFn: ({ signal }) => read<LeadDetail>(withQuery(pathOf(leadId), { language }), signal),
  })

interface ScoreExplained extends Explanation {
  /** What rules are called, by their ids. */
  readonly labels: Readonly<Record<string, string>>
  readonly scale: ScoreScale
}

/** Lowest fit for A, B and C, lowest engagement for 1, 2 and 3, and lowest score of each band. */
export interface ScoreScale {
  readonly fit?: readonly number[]
  readonly engagement?: readonly number[]
  readonly bands: readonly { readonly id: string; readonly floor: number }[]
}

export const useExplanation = (leadId: string) =>
  useQuery({
    queryKey: ['lead', leadId, 'explanation'],
    queryFn: ({ signal }) =>
      read<ScoreExplained>(withQuery(pathOf(leadId, '/explanation'), { language }), signal),
  })

export const useTimeline = (leadId: string) =>
  useInfiniteQuery({
    queryKey: ['lead', leadId, 'timeline'],
    queryFn: ({ pageParam, signal }) =>
      read<Page<TimelineEntry>>(
        withQuery(pathOf(leadId, '/timeline'), { limit: 50, cursor: pageParam }),
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  })

/** Everything that is held on the person, as one file in as many parts as it takes. */
export const exportLead = async (leadId: string): Promise<Blob> => {
  const parts: object[] = []
  let cursor: string | undefined
  do {
    const part: { next?: string } = await read(withQuery(pathOf(leadId, '/export'), { cursor }))
    parts.push(part)
    cursor = part.next
  } while (cursor !== undefined)
  return new Blob([JSON.stringify(parts.length === 1 ? parts[0] : parts, null, 2)], {
    type: 'application/json',
  })
}

export const eraseLead = async (leadId: string): Promise<void> => {
  await change('DELETE', pathOf(leadId))
  lookAgain()
}

/** The score as it was, from the first activity to now. */
export interface PastScore {
  readonly points: readonly {
    readonly at: string
    readonly score: number
    readonly rules: Readonly<Record<string, number>>
  }[]
  /** What rules are called, by their ids. */
  readonly labels: Readonly<Record<string, string>>
}

export const usePastScore = (leadId: string) =>
  useQuery({
    queryKey: ['lead', leadId, 'score'],
    queryFn: ({ signal }) => read<PastScore>(withQuery(pathOf(leadId, '/score'), { language }), signal),
    // Every moment is folded anew.
    refetchInterval: false,
  })

export const cancelHeld = async (sendId: string): Promise<void> => {
  await change('POST', `/api/emails/held/${encodeURIComponent(sendId)}/cancel`, {})
  lookAgain()
}

/** @param other goes into the lead. */
export const mergeLeads = async (leadId: string, other: string): Promise<void> => {
  await change('POST', pathOf(leadId, '/merge'), { leadId: other })
  lookAgain()
}

export const unmergeLeads = async (leadId: string, other: string): Promise<void> => {
  await change('POST', pathOf(leadId, '/unmerge'), { leadId: other })
  lookAgain()
}

/** Whom a search of the dialog finds. */
export const useFoundLeads = (q: string) =>
  useQuery({
    queryKey: ['leads', 'found', q],
    queryFn: ({ signal }) => read<LeadsPage>(withQuery('/api/leads', { q, limit: 8 }), signal),
    enabled: q.trim().length > 1,
    placeholderData: keepPreviousData,
    refetchInterval: false,
  })

interface Views {
  readonly items: readonly View[]
  readonly version: number
}

/** A list under a name, for the one who is signed in. */
export interface View {
  readonly name: string
  /** As it stands in the address behind `?`. */
  readonly query: string
}

export const useViews = () =>
  useQuery({ queryKey: ['views'], queryFn: ({ signal }) => read<Views>('/api/views', signal) })

/** @param views in place of those of `version`. */
export const saveViews = async (items: readonly View[], version: number): Promise<void> => {
  await change('PUT', '/api/views', { items, version })
  void queries.invalidateQueries({ queryKey: ['views'] })
}
