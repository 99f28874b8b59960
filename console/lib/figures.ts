import { useInfiniteQuery, useQuery } from '@tanstack/preact-query'
import type { definitions } from '../../domain/kpi/definitions.ts'
import type { Figure } from '../../domain/kpi/measure.ts'
import type { AskedFigure } from '../../domain/kpi/people.ts'
import type { LeadSummary } from '../../domain/lead/lead-summary.ts'
import { read, withQuery } from './api.ts'

export type Definition = (typeof definitions)[number]

/** What each figure means, by `group.key`. */
export const useDefinitions = () =>
  useQuery({
    queryKey: ['kpi-definitions'],
    queryFn: ({ signal }) => read<{ items: typeof definitions }>('/api/kpi/definitions', signal),
    select: ({ items }) => new Map(items.map((one) => [`${one.group}.${one.key}`, one])),
    staleTime: Number.POSITIVE_INFINITY,
    refetchInterval: false,
  })

/** A figure whose people are asked for; without a period over all time. */
export interface FigureOfPeople extends AskedFigure {
  readonly from?: string | undefined
  readonly to?: string | undefined
}

const names = [
  ...['of', 'from', 'to', 'stage', 'sequence'],
  ...['email', 'link', 'form', 'source', 'campaign', 'part'],
] as const

/** A figure as an address has it, in one value. */
export const figureText = (figure: FigureOfPeople): string => {
  const all: Readonly<Record<string, string | undefined>> = { ...figure }
  return new URLSearchParams(
    names.flatMap((name) => (all[name] === undefined ? [] : [[name, all[name]]])),
  ).toString()
}

export const figureIn = (text: string): FigureOfPeople => {
  const given = new URLSearchParams(text)
  const known = names.flatMap((name) => (given.has(name) ? [[name, given.get(name)]] : []))
  return { of: '', ...Object.fromEntries(known) }
}

/** Somebody behind a figure, with what it is of them alone. */
interface PersonBehind extends LeadSummary {
  readonly figure: Figure
}

interface Page<Item> {
  readonly items: readonly Item[]
  readonly next?: string
}

type Behind = Page<{ readonly leadId: string; readonly figure: Figure }> & { readonly total: number }

/** Who people are of whom something holds the ids alone; whoever was erased is missing. */
export const readLeads = async (
  leadIds: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, LeadSummary>> => {
  if (leadIds.length === 0) return new Map()
  const path = withQuery('/api/leads', { ids: leadIds.join(','), limit: 100 })
  const { items } = await read<Page<LeadSummary>>(path, signal)
  return new Map(items.map((lead) => [lead.leadId, lead]))
}

/** Rows of the figures hold no personal data: who the people are is asked for by their ids. */
const readPeople = async (figure: FigureOfPeople, cursor: string | undefined, signal: AbortSignal) => {
  const path = `/api/kpi/people?${figureText(figure)}&limit=50${cursor === undefined ? '' : `&cursor=${cursor}`}`
  const { items, ...page } = await read<Behind>(path, signal)
  const known = await readLeads(
    items.map(({ leadId }) => leadId),
    signal,
  )
  const people = items.flatMap(({ leadId, figure: own }): PersonBehind[] => {
    const lead = known.get(leadId)
    return lead ? [{ ...lead, figure: own }] : []
  })
  return { ...page, items: people }
}

/** How often (ms) figures are asked for: they are fresh within two minutes. */
export const figuresMs = 20_000

export const usePeopleBehind = (figure: FigureOfPeople) =>
  useInfiniteQuery({
    queryKey: ['kpi', 'people', figureText(figure)],
    queryFn: ({ pageParam, signal }) => readPeople(figure, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    refetchInterval: figuresMs,
  })
