import { addMilliseconds } from '../time/local-time.ts'

/**
 * Mail that is counted, judged and paused for itself: marketing mail, and all other, of which confirmations are what a
 * stranger can have sent to any address.
 */
export const streams = ['marketing', 'confirmations'] as const
export type Stream = (typeof streams)[number]

/** A mail that was handed to SES. */
export interface Mailed {
  readonly at: string
  readonly stream: Stream
}

/** What became of mail. */
export interface Figures {
  readonly sent: number
  /** Hard ones. */
  readonly bounced: number
  readonly complained: number
}

/** The figures of mail that was handed to SES within ten minutes from `at`. */
export interface Slot extends Figures {
  readonly at: string
}

const slotLength = 10 * 60_000
const day = 24 * 3_600_000

/** When the slot of a mail begins: bounces count where the mail went out, however late they come. */
export const slotOf = (mailedAt: string): string =>
  new Date(Math.floor(Date.parse(mailedAt) / slotLength) * slotLength).toISOString()

/** The first slot that counts at `now`: the last day's, but none that had begun when sending was resumed. */
export const firstSlot = (now: string, resumedAt?: string): string => {
  const dayAgo = slotOf(addMilliseconds(now, -day))
  if (resumedAt === undefined) return dayAgo
  const afterResuming = slotOf(addMilliseconds(resumedAt, slotLength - 1))
  return afterResuming > dayAgo ? afterResuming : dayAgo
}

/** One slot for each time, where several hold parts of it; in order of time. */
export const mergeSlots = (parts: readonly Slot[]): readonly Slot[] =>
  [...Map.groupBy(parts, ({ at }) => at)]
    .map(([at, slots]) => ({ at, ...addUp(slots) }))
    .toSorted((one, other) => (one.at < other.at ? -1 : 1))

export const addUp = (slots: readonly Slot[]): Figures => ({
  sent: slots.reduce((sum, { sent }) => sum + sent, 0),
  bounced: slots.reduce((sum, { bounced }) => sum + bounced, 0),
  complained: slots.reduce((sum, { complained }) => sum + complained, 0),
})
