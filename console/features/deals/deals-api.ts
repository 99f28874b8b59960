import { useQuery } from '@tanstack/preact-query'
import type { DealRow } from '../../../functions/api/deal-routes.ts'
import { logActivity } from '../../lib/activities.ts'
import { read, withQuery } from '../../lib/api.ts'
import { makeStore, useStore } from '../../lib/store.ts'

export type { DealRow }
export type Phase = DealRow['phase']

interface Page {
  readonly items: readonly DealRow[]
  readonly next?: string
}

/** What is open all stands on the board; of what was won, the latest. */
const mostPages = { open: 5, won: 1 }

const readAll = async (
  state: keyof typeof mostPages,
  owner: string | undefined,
  signal: AbortSignal,
): Promise<readonly DealRow[]> => {
  const items: DealRow[] = []
  let cursor: string | undefined
  for (let pages = 0; pages < mostPages[state]; pages += 1) {
    const page: Page = await read(withQuery('/api/deals', { state, owner, limit: 100, cursor }), signal)
    items.push(...page.items)
    cursor = page.next
    if (cursor === undefined) break
  }
  return items
}

/** How long (ms) a card stands where it was put before the server has said so. */
const patienceMs = 8_000

interface Move {
  readonly phase: Phase
  readonly until: number
}

const moves = makeStore<ReadonlyMap<string, Move>>(new Map())

const placed = (deal: DealRow, made: ReadonlyMap<string, Move>): DealRow => {
  const move = made.get(deal.dealId)
  return move && move.until > Date.now() ? { ...deal, phase: move.phase } : deal
}

/** The deals of the board, each where it was last put. */
export const useDeals = (owner: string | undefined) => {
  const made = useStore(moves)
  const query = useQuery({
    queryKey: ['deals', owner],
    queryFn: async ({ signal }) => {
      const [open, won] = await Promise.all([readAll('open', owner, signal), readAll('won', owner, signal)])
      return [...open, ...won]
    },
  })
  return { ...query, deals: query.data?.map((deal) => placed(deal, made)) }
}

const put = (dealId: string, move: Move | undefined): void => {
  const next = new Map(moves.get())
  if (move) next.set(dealId, move)
  else next.delete(dealId)
  moves.set(next)
}

/** The card is there at once, and goes back where the server refuses. @param reason asked for where it goes back */
export const moveDeal = async (
  { dealId, leadId }: DealRow,
  phase: Phase,
  reason?: string,
): Promise<string> => {
  put(dealId, { phase, until: Date.now() + patienceMs })
  try {
    const properties = { dealId, phase, ...(reason !== undefined && { reason }) }
    return await logActivity(leadId, { type: 'deal.moved', properties })
  } catch (error) {
    put(dealId, undefined)
    throw error
  }
}

/** Where the server's word counts again. */
export const forgetMove = (dealId: string): void => put(dealId, undefined)
