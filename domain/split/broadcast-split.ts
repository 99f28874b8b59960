import type { LeadId } from '../model/activity.ts'
import { variantId } from '../model/playbook.ts'
import { type Broadcast, type BroadcastSplit, runOf, type SplitDecision } from '../sending/broadcast.ts'
import type { EmailFigure } from '../sending/email-figures.ts'
import { splitWay } from '../step/split.ts'
import { addMilliseconds, parseDuration } from '../time/local-time.ts'
import { winnerAmong } from './split-results.ts'

type SplitBroadcast = Pick<Broadcast, 'broadcastId' | 'email' | 'split' | 'decision'>

/** Those who get what has done best with the others. No variant has such a name. */
export const restWay = '-'

const sumOf = ({ shares }: Pick<BroadcastSplit, 'shares'>): number =>
  Object.values(shares).reduce((sum, share) => sum + share, 0)

/** Whether some of the audience wait for the winner. */
export const hasRest = (split: Pick<BroadcastSplit, 'shares'> | undefined): boolean =>
  split !== undefined && sumOf(split) < 100

/**
 * Which way one of the audience takes: a variant, or that of the rest. The same each time it is asked.
 * @returns undefined for a broadcast that tries nothing.
 */
export const wayOf = (broadcast: SplitBroadcast, leadId: LeadId): string | undefined => {
  const { split } = broadcast
  if (!split) return undefined
  const variants = Object.entries(split.shares).map(([id, share]) => ({ id, share }))
  const ways = [...variants, { id: restWay, share: 100 - sumOf(split) }]
  return ways[splitWay(runOf(broadcast, leadId).runId, 'variant', ways)]?.id
}

/** The email that a way gets; undefined while the rest wait. */
export const emailOfWay = (
  { email, decision }: SplitBroadcast,
  way: string | undefined,
): string | undefined => {
  if (way === undefined) return email
  if (way !== restWay) return variantId(email, way)
  return decision && variantId(email, decision.variant)
}

/** Moments at which variants are held against each other: the last is that at which the time is over. */
export const looks = 4

/** When the look with this number, from 1 on, is due. @param askedAt when the last of the test group was asked for. */
export const lookAt = ({ within = '' }: BroadcastSplit, askedAt: string, look: number): string =>
  addMilliseconds(askedAt, Math.ceil(((parseDuration(within) ?? 0) * look) / looks))

/** Told with every result, so that nobody has to guess. */
export const statedSplitTest = `Two-sided z-test on two proportions (pooled variance). A winner reaches more people than each other variant with p < 0.05, divided by the number of pairs and by the ${looks} moments at which it is looked at (Bonferroni), with at least 100 emails sent of each. Without a winner when the time is over, the rest get the first variant.`

/** How many got each variant, and how many of them did what counts. A click more than emails is one of a figure that lags behind. */
export const countsOf = (
  { email }: Pick<Broadcast, 'email'>,
  { shares, by }: BroadcastSplit,
  figures: ReadonlyMap<string, Pick<EmailFigure, 'sent' | 'clicked' | 'opened'>>,
): SplitDecision['counts'] =>
  Object.keys(shares).map((variant) => {
    const figure = figures.get(variantId(email, variant))
    const sent = figure?.sent ?? 0
    return { variant, sent, reached: Math.min(sent, figure?.[by] ?? 0) }
  })

/**
 * What the rest get, by what is known at a look.
 * @returns undefined where another look is to come and nothing shows yet.
 */
export const decideSplit = (
  counts: SplitDecision['counts'],
  look: number,
  now: string,
): SplitDecision | undefined => {
  const winner = winnerAmong(
    counts.map((count) => ({ ...count, entered: count.sent })),
    looks,
  )
  if (winner) return { variant: winner.variant, at: now, because: 'evidence', counts }
  const [first] = counts
  return look < looks || !first ? undefined : { variant: first.variant, at: now, because: 'time', counts }
}
