import type { Fact } from '../activity/activity.ts'
import { stageIds, stageRank } from '../funnel/funnel-rules.ts'
import { timeInStages } from '../lead/time-in-stage.ts'
import { isWithin, type KpiLead, type KpiWindow } from './kpi-lead.ts'
import { count, sample, type Tally } from './tally.ts'

/** Metrics that are the number of activities of some type. */
const byType: ReadonlyMap<string, string> = new Map([
  ['page.viewed', 'visits'],
  ['ad.impression', 'impressions'],
  ['ad.clicked', 'clicks'],
  ['email.clicked', 'clicks'],
  ['newsletter.subscribed', 'newsletterSignups'],
  ['demo.requested', 'demoRequests'],
  ['content.downloaded', 'downloads'],
  ['webinar.attended', 'webinarAttendance'],
  ['quote.requested', 'quoteRequests'],
  ['cart.updated', 'cartActions'],
  ['prices.compared', 'priceComparisons'],
  ['sales.engaged', 'salesEngagements'],
  ['order.completed', 'purchases'],
])

const ofAwareness = ['ad.impression', 'ad.clicked', 'page.viewed']

const countFact = ({ type, properties: { seconds, rating } }: Fact, tally: Tally): void => {
  const metric = byType.get(type)
  if (metric !== undefined) count(tally, metric)
  if (type === 'page.engaged' && typeof seconds === 'number') count(tally, 'dwellSeconds', seconds)
  if (type === 'offer.rated' && typeof rating === 'number') sample(tally, 'offerRatings', rating)
}

/** A lead counts once for each stage, however often it came there; the way on is that of the same cycle. */
const countStages = ({ state }: KpiLead, window: KpiWindow, tally: Tally): void => {
  count(tally, `current:${state.stage.stage}`)
  if (isWithin(state.createdAt, window)) {
    count(tally, 'new')
    if (state.stages.some(({ stage }) => stage === 'purchase')) count(tally, 'newAndBought')
  }
  for (const stage of stageIds) {
    const entries = state.stages.filter((entry) => entry.stage === stage && isWithin(entry.at, window))
    if (entries.length === 0) continue
    count(tally, `entered:${stage}`)
    const goesOn = entries.some(({ cycle }) =>
      state.stages.some((other) => other.cycle === cycle && stageRank(other.stage) > stageRank(stage)),
    )
    if (goesOn) count(tally, `advanced:${stage}`)
  }
  for (const { stage, until, days, implied } of timeInStages(state, window.to))
    if (until !== null && !implied && isWithin(until, window)) sample(tally, `daysIn:${stage}`, days)
}

/** What one lead adds to the figures of the funnel. */
export const countFunnel = (lead: KpiLead, window: KpiWindow, tally: Tally): void => {
  const facts = lead.facts.filter(({ occurredAt }) => isWithin(occurredAt, window))
  for (const fact of facts) countFact(fact, tally)
  if (facts.some(({ type }) => ofAwareness.includes(type))) count(tally, 'reach')
  countStages(lead, window, tally)
}
