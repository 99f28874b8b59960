import type { LeadState } from './lead-state.ts'

/** How often and when activities of one type were seen, while facts are being taken. */
export interface Seen {
  count: number
  readonly first: string
  last: string
  /** `last` in ms. */
  at: number
  readonly times: number[]
  earlier: number
}

export const openSeen = ({ count, first, last, times, earlier }: LeadState['seen'][string]): Seen => ({
  count,
  first,
  last,
  at: Date.parse(last),
  times: [...times],
  earlier: earlier ?? 0,
})

export const closeSeen = ({ count, first, last, times, earlier }: Seen): LeadState['seen'][string] =>
  earlier > 0 ? { count, first, last, times, earlier } : { count, first, last, times }
