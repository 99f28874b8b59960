import { useInfiniteQuery, useQuery } from '@tanstack/preact-query'
import type { LeadSummary } from '../../domain/lead/lead-summary.ts'
import type { AudienceTally, AudienceVerdict } from '../../domain/sending/audience.ts'
import { change, read, withQuery } from './api.ts'

export interface SegmentRow {
  readonly segment: string
  readonly name: string
  /** The condition. */
  readonly where: string
  /** Sequences that begin with it. */
  readonly sequences: readonly string[]
}

/** Whom a condition holds for, and what the sender would say. */
export interface Preview extends AudienceTally {
  readonly purpose: string | null
  /** Everybody was looked at; else a worker still counts. */
  readonly exact: boolean
  readonly sample: readonly LeadSummary[]
}

export type SegmentDetail = SegmentRow & Preview

export const useSegments = () =>
  useQuery({
    queryKey: ['segments'],
    queryFn: ({ signal }) => read<{ readonly items: readonly SegmentRow[] }>('/api/segments', signal),
  })

/** Who is in it, and how many of them would be mailed: the check that the sender makes. */
export const useSegment = (id: string | undefined, purpose?: string) =>
  useQuery({
    queryKey: ['segments', id, purpose],
    queryFn: ({ signal }) =>
      read<SegmentDetail>(withQuery(`/api/segments/${encodeURIComponent(id ?? '')}`, { purpose }), signal),
    enabled: id !== undefined,
  })

/** The same for a condition that stands in no file. Asked again until everybody was looked at. */
export const useCondition = (where: string | undefined, purpose?: string) =>
  useQuery({
    queryKey: ['segments', 'condition', where, purpose],
    queryFn: () => change<Preview>('POST', '/api/segments/preview', { where, purpose }),
    enabled: where !== undefined,
    refetchInterval: ({ state }) => (state.data?.exact === false ? 2_000 : false),
  })

/** Those for whom a condition holds and of whom the sender would say so. */
export const useMembers = (where: string, { purpose }: Pick<Preview, 'purpose'>, verdict: AudienceVerdict) =>
  useInfiniteQuery({
    queryKey: ['segments', 'members', where, purpose, verdict],
    queryFn: ({ pageParam, signal }) =>
      read<{ readonly items: readonly LeadSummary[]; readonly next?: string }>(
        withQuery('/api/audience', {
          ...{ where, verdict, limit: 50, cursor: pageParam },
          purpose: purpose ?? undefined,
        }),
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  })
