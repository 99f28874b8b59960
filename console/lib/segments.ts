import { useQuery } from '@tanstack/preact-query'
import type { LeadSummary } from '../../domain/lead/lead-summary.ts'
import type { AudienceTally } from '../../domain/sending/audience.ts'
import { read } from './api.ts'

export interface SegmentRow {
  readonly segment: string
  readonly name: string
  /** The condition. */
  readonly where: string
  /** Sequences that begin with it. */
  readonly sequences: readonly string[]
}

export interface SegmentDetail extends SegmentRow, AudienceTally {
  readonly purpose: string | null
  /** Everybody was looked at; else a worker still counts. */
  readonly exact: boolean
  readonly sample: readonly LeadSummary[]
}

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
