import { useQuery } from '@tanstack/preact-query'
import type { KpiReport } from '../../../domain/kpi/report.ts'
import type { DealRow } from '../../../functions/api/deal-routes.ts'
import type { viewHandoffRow, viewSend } from '../../../functions/api/views.ts'
import { read, withQuery } from '../../lib/api.ts'
import { daysBefore, today } from '../../lib/days.ts'
import { figuresMs } from '../../lib/figures.ts'

interface Page<Item> {
  readonly items: readonly Item[]
}

export type HandoffRow = ReturnType<typeof viewHandoffRow>

const useList = <Item>(path: string, query: Readonly<Record<string, string | undefined>>) =>
  useQuery({
    queryKey: [path.split('/')[2], 'overview', query],
    queryFn: ({ signal }) => read<Page<Item>>(withQuery(path, { ...query, limit: '100' }), signal),
  })

export const useHandoffsIn = (state: 'requested' | 'accepted' | 'won', owner: string | undefined) =>
  useList<HandoffRow>('/api/handoffs', { state, owner })

export const useOpenDeals = (owner: string | undefined) =>
  useList<DealRow>('/api/deals', { state: 'open', owner })

export const useHeldEmails = () => useList<ReturnType<typeof viewSend>>('/api/emails/held', {})

interface Stream {
  readonly sent: number
  readonly paused: unknown
  readonly bounceRate: number
  readonly complaintRate: number
  readonly limits: { readonly bounceRate: number; readonly complaintRate: number }
}

export const useSending = () =>
  useQuery({
    queryKey: ['sending'],
    queryFn: ({ signal }) => read<Stream & { readonly confirmations: Stream }>('/api/sending', signal),
  })

const useReport = (from: string, to: string) =>
  useQuery({
    queryKey: ['kpi', from, to],
    queryFn: ({ signal }) => read<KpiReport>(withQuery('/api/kpi', { from, to }), signal),
    refetchInterval: figuresMs,
  })

/** The last `days` whole days with today, and as many before them. */
export const useFigures = (days: number) => {
  const to = daysBefore(today(), -1)
  const from = daysBefore(to, days)
  return { current: useReport(from, to), before: useReport(daysBefore(from, days), from) }
}
