import { useQuery } from '@tanstack/preact-query'
import type { LeadSummary } from '../../domain/lead/lead-summary.ts'
import type { AudienceTally } from '../../domain/sending/audience.ts'
import { change, read } from './api.ts'

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
export const useSegment = (id: string | undefined) =>
  useQuery({
    queryKey: ['segments', id],
    queryFn: ({ signal }) => read<SegmentDetail>(`/api/segments/${encodeURIComponent(id ?? '')}`, signal),
    enabled: id !== undefined,
  })

/** The same for a condition that stands in no file. Asked again until everybody was looked at. */
export const useCondition = (where: string | undefined) =>
  useQuery({
    queryKey: ['segments', 'condition', where],
    queryFn: () => change<Preview>('POST', '/api/segments/preview', { where }),
    enabled: where !== undefined,
    refetchInterval: ({ state }) => (state.data?.exact === false ? 2_000 : false),
  })
