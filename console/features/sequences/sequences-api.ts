import { useInfiniteQuery, useQuery } from '@tanstack/preact-query'
import type { LeadSummary } from '../../../domain/lead/lead-summary.ts'
import type { SplitResult } from '../../../domain/split/split-results.ts'
import type { SequenceRow } from '../../../functions/api/sequence-routes.ts'
import type { RehearsedDraft } from '../../../functions/playbook/rehearse-draft.ts'
import type { DrawnFlow, FlowNode, SequenceFlow } from '../../../functions/sequences/show-flow.ts'
import { change, queries, read, withQuery } from '../../lib/api.ts'

export type { DrawnFlow, FlowNode, RehearsedDraft, SequenceFlow, SequenceRow, SplitResult }

const pathOf = (id: string, more: string): string => `/api/sequences/${encodeURIComponent(id)}${more}`

export const useSequences = () =>
  useQuery({
    queryKey: ['sequences'],
    queryFn: ({ signal }) => read<{ readonly items: readonly SequenceRow[] }>('/api/sequences', signal),
  })

export const useFlow = (id: string) =>
  useQuery({
    queryKey: ['sequences', id, 'flow'],
    queryFn: ({ signal }) => read<SequenceFlow>(pathOf(id, '/flow'), signal),
  })

export const useSplits = (id: string, isWanted: boolean) =>
  useQuery({
    queryKey: ['sequences', id, 'splits'],
    queryFn: ({ signal }) => read<{ readonly splits: readonly SplitResult[] }>(pathOf(id, '/splits'), signal),
    enabled: isWanted,
    refetchInterval: 30_000,
  })

/** Who is at a step now; without one, in the sequence. */
export const usePeopleAt = (sequence: string, step: number | undefined) =>
  useInfiniteQuery({
    queryKey: ['sequences', sequence, 'people', step],
    queryFn: ({ pageParam, signal }) =>
      read<{ readonly items: readonly LeadSummary[]; readonly next?: string }>(
        withQuery('/api/leads', { sequence, step, limit: 50, cursor: pageParam }),
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
  })

export const pauseSequence = async (id: string): Promise<void> => {
  await change('POST', pathOf(id, '/pause'))
  await queries.invalidateQueries({ queryKey: ['sequences'] })
}

export const resumeSequence = async (id: string, due: string): Promise<void> => {
  await change('POST', pathOf(id, '/resume'), { due })
  await queries.invalidateQueries({ queryKey: ['sequences'] })
}

/** What is asked of a rehearsal; somebody who is known, or attributes of somebody who is made up. */
export interface Rehearsing {
  readonly sequence: string
  readonly changes: Readonly<Record<string, string | null>>
  readonly lead?: string
  readonly person?: Readonly<Record<string, string>>
  readonly reads?: 'opens' | 'clicks'
}

export const rehearse = (asked: Rehearsing): Promise<RehearsedDraft> =>
  change<RehearsedDraft>('POST', '/api/playbook/rehearse', asked)
