import type { Activity } from '../activity/activity.ts'
import type { JsonObject } from '../json.ts'
import { type SalesPhase, salesPhases } from './sales-phases.ts'

/** What an activity means for the deal that it is about. */
export type DealMeaning =
  /** A handoff was accepted, or somebody opened one: the business begins. */
  | { readonly type: 'opens' }
  /** Work of a phase: the deal is there. Back to it only with a reason. */
  | { readonly type: 'enters'; readonly phase: SalesPhase }
  /** What comes of a phase: the deal has come at least so far. */
  | { readonly type: 'passes'; readonly phase: SalesPhase }
  /** A talk, in whatever phase: it opens a deal only where it names one. */
  | { readonly type: 'touches' }
  /** Somebody says where the deal is: with a reason also one that was over. */
  | { readonly type: 'moves'; readonly phase: SalesPhase }
  | { readonly type: 'closes'; readonly status: 'won' | 'lost' }
  /** What follows a win. */
  | { readonly type: 'follows' }

const moved = 'deal.moved'
const follows: DealMeaning = { type: 'follows' }

const meanings: ReadonlyMap<string, DealMeaning> = new Map<string, DealMeaning>([
  ['handoff.accepted', { type: 'opens' }],
  ['deal.opened', { type: 'opens' }],
  ['contact.requested', { type: 'touches' }],
  ['sales.engaged', { type: 'touches' }],
  ['needs.recorded', { type: 'enters', phase: 'needs_analysis' }],
  ['proposal.sent', { type: 'enters', phase: 'proposal' }],
  ['proposal.accepted', { type: 'passes', phase: 'proposal' }],
  ['proposal.declined', { type: 'passes', phase: 'proposal' }],
  ['negotiation.started', { type: 'enters', phase: 'negotiation' }],
  ['negotiation.ended', { type: 'passes', phase: 'negotiation' }],
  ['deal.won', { type: 'closes', status: 'won' }],
  ['deal.lost', { type: 'closes', status: 'lost' }],
  ['onboarding.completed', follows],
  ['customer.rated', follows],
  ['order.completed', follows],
])

/** Of which the amount is what the deal is worth. */
const valued = ['deal.opened', moved, 'deal.won', 'proposal.sent']

/** What an activity means for a deal; undefined for one that has nothing to do with any. */
export const dealMeaning = (type: string, properties: JsonObject): DealMeaning | undefined => {
  if (type !== moved) return meanings.get(type)
  const phase = salesPhases.find((one) => one === properties.phase)
  return phase === undefined || phase === 'post_sale' ? phase && follows : { type: 'moves', phase }
}

/**
 * `further: true` at `deal.opened`: one more deal, whatever else is open. Without it an id that is new is what a CRM calls
 * the deal that came from the handoff.
 */
export const opensFurther = (type: string, { further }: JsonObject): boolean =>
  type === 'deal.opened' && further === true

/** Whoever opens a deal by hand sees those that are there, and means another one. */
export const asByHand = (activity: Activity): Activity =>
  activity.type === 'deal.opened'
    ? { ...activity, properties: { ...activity.properties, further: true } }
    : activity

export const isAboutDeal = (type: string): boolean => meanings.has(type) || type === moved

export const tellsValue = (type: string): boolean => valued.includes(type)

/** Whether `amount` and `currency` have a meaning. */
export const bearsMoney = (type: string): boolean => type === 'order.completed' || tellsValue(type)

/** The deal's id as an activity gives it, ours or the CRM's; CRMs that count theirs may send a number. */
export const givenDealId = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined
