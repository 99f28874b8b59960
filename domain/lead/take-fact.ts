import type { Fact } from '../activity/activity.ts'
import { stageIds } from '../funnel/funnel-rules.ts'
import type { Rules } from '../playbook/rules.ts'
import { boundAwards } from '../scoring/bound-awards.ts'
import { type ScoringWatcher, takeEngagement } from '../scoring/take-engagement.ts'
import { passDeadlines } from './consent-deadlines.ts'
import { coolTo } from './cool.ts'
import type { Draft } from './draft.ts'
import { judgeBand, judgeQualification, judgeStage } from './judge.ts'
import { LeadView } from './lead-view.ts'
import { passPause } from './pass-pause.ts'
import { type OverflowWatcher, stateLimits } from './state-limits.ts'
import { takeAttributes } from './take-attributes.ts'
import { takeConsent } from './take-consent.ts'
import { type DealWatcher, takeDeal } from './take-deal.ts'
import { takeLoss } from './take-loss.ts'
import { takeMailFeedback } from './take-mail-feedback.ts'
import { takeRejection } from './take-rejection.ts'
import { stillHolding, takeTriggers } from './take-triggers.ts'

/** Takes facts into one draft, each after the one before it: the single step that folding and extending share. */
export const factTaker = (
  draft: Draft,
  rules: Rules,
  watcher?: ScoringWatcher & DealWatcher & OverflowWatcher,
): ((fact: Fact) => void) => {
  const view = new LeadView(draft, rules, 'lead')
  const cycleView = new LeadView(draft, rules, 'cycle')
  const moveTo = (now: number): void => {
    view.moveTo(now)
    cycleView.moveTo(now)
  }
  return (fact) => {
    const now = Date.parse(fact.occurredAt)
    coolTo(draft, view, rules, now, watcher)
    passPause(draft, view, rules, now)
    passDeadlines(draft, now, rules.playbook.settings.doubleOptIn)
    const holding = stillHolding(draft, view, rules, now)
    begin(draft, fact, now)
    if (takeAttributes(draft, fact, watcher)) {
      view.attributesChanged()
      cycleView.attributesChanged()
    }
    const { deals } = draft
    const isOldNews = takeDeal(draft, fact, watcher)
    if (!isOldNews) see(draft, fact, now, rules)
    takeMailFeedback(draft, fact, now, rules.playbook.settings)
    takeConsent(draft, fact, now, rules, watcher)
    moveTo(now)
    if (!isOldNews && takeEngagement(draft, fact, now, rules, view, watcher)) {
      boundAwards(draft, stateLimits.awards)
      moveTo(now)
    }
    const recycled = takeRejection(draft, fact, now, rules) || takeLoss(draft, fact, now, rules, deals)
    judgeBand(draft, fact, view, rules, watcher)
    if (!recycled) {
      judgeStage(draft, fact, draft.cycle === 1 ? view : cycleView, rules)
      judgeQualification(draft, fact, view, rules)
    }
    takeTriggers(draft, fact, view, rules, { holding, isOldNews })
  }
}

/** Keeps that a fact was here: for one that does not count, that is all. */
export const noteFact = (draft: Draft, { id, occurredAt }: Fact): void => {
  draft.last = { occurredAt, id }
  draft.recentIds.push(id)
}

/** Every lead begins in the first stage. */
export const enterFunnel = (draft: Draft, { id, occurredAt }: Fact): void => {
  draft.createdAt = occurredAt
  draft.stages.push({ stage: stageIds[0], at: occurredAt, factId: id, cycle: 1 })
}

const begin = (draft: Draft, fact: Fact, now: number): void => {
  const { occurredAt } = fact
  if (draft.stages.length === 0) enterFunnel(draft, fact)
  noteFact(draft, fact)
  draft.lastActivityAt = occurredAt
  draft.now = now
}

const see = (draft: Draft, { type, occurredAt }: Fact, now: number, rules: Rules): void => {
  const window = rules.windows.get(type)
  const seen = draft.seen.get(type)
  if (!seen) {
    if (!rules.askedTypes.has(type) && draft.seen.size >= stateLimits.types) return
    const times = window === undefined ? [] : [now]
    draft.seen.set(type, { count: 1, first: occurredAt, last: occurredAt, at: now, times, earlier: 0 })
    return
  }
  seen.count += 1
  seen.last = occurredAt
  seen.at = now
  if (window === undefined) return
  seen.times.push(now)
  const outside = seen.times.findIndex((time) => time > now - window)
  if (outside > 0) seen.times.splice(0, outside)
  forgetOldest(draft, rules)
}

/** However many there are: `count(type, window)` counts no further. The type with the most gives up its oldest. */
const forgetOldest = (draft: Draft, { windows }: Rules): void => {
  let sum = 0
  let longest: number[] = []
  for (const type of windows.keys()) {
    const { times } = draft.seen.get(type) ?? {}
    if (times === undefined) continue
    sum += times.length
    if (times.length > longest.length) longest = times
  }
  if (sum > stateLimits.times) longest.shift()
}
