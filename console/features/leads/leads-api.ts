import { keepPreviousData, useInfiniteQuery, useQuery } from '@tanstack/preact-query'
import type { Explanation } from '../../../domain/lead/explain.ts'
import type { LeadSummary } from '../../../domain/lead/lead-summary.ts'
import type { TimelineEntry } from '../../../domain/lead/timeline.ts'
import type { LeadDetail } from '../../../functions/api/show-lead.ts'
import { lookAgain } from '../../lib/activities.ts'
import { change, read, withQuery } from '../../lib/api.ts'
import { language } from '../../lib/texts.ts'

interface Page<Item> {
  readonly items: readonly Item[]
  readonly next?: string
}

export type { LeadDetail }

export interface LeadFilters {
  readonly q?: string | undefined
  readonly stage?: string | undefined
  readonly segment?: string | undefined
}

const pathOf = (leadId: string, more = ''): string => `/api/leads/${encodeURIComponent(leadId)}${more}`

export const useLeads = (filters: LeadFilters) =>
  useInfiniteQuery({
    queryKey: ['leads', filters],
    queryFn: ({ pageParam, signal }) =>
      read<Page<LeadSummary>>(
        withQuery('/api/leads', { ...filters, limit: 50, sort: 'score', cursor: pageParam }),
        signal,
      ),
    // What was found before stays until the next is there.
    placeholderData: keepPreviousData,
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  })

export const useLead = (leadId: string) =>
  useQuery({
    queryKey: ['lead', leadId],
    queryFn: ({ signal }) => read<LeadDetail>(withQuery(pathOf(leadId), { language }), signal),
  })

export const useExplanation = (leadId: string) =>
  useQuery({
    queryKey: ['lead', leadId, 'explanation'],
    queryFn: ({ signal }) =>
      read<Explanation & { readonly labels: Readonly<Record<string, string>> }>(
        withQuery(pathOf(leadId, '/explanation'), { language }),
        signal,
      ),
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
