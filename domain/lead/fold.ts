import { compareFacts, type Fact } from '../model/activity.ts'
import { stageIds } from '../model/deal.ts'
import { type OverflowWatcher, stateLimits } from '../model/state-limits.ts'
import type { Rules } from '../rules/rules.ts'
import { takeAttributes } from './attributes.ts'
import { boundAwards } from './bound-awards.ts'
import {
  lastDeadline,
  mayKeep,
  passDeadlines,
  takeConsent,
  takeMailFeedback,
  trackingPurpose,
} from './consent.ts'
import { judgeBand, judgeQualification, judgeStage, startBand, stillHolding, takeTriggers } from './decide.ts'
import { closeDraft, type Draft, emptyDraft, openDraft } from './draft.ts'
import { type LeadState, membersOf, own } from './lead-state.ts'
import { LeadView, type ScoringWatcher, takeEngagement } from './lead-view.ts'
import { type LeftOut, reshapes, type Sifted, sift } from './left-out.ts'
import { coolTo } from './next-change.ts'
import { type DealWatcher, passPause, takeDeal, takeLoss, takeRejection } from './sales.ts'

/** Takes facts into one draft, each after the one before it: the single step that folding and extending share. */
const factTaker = (
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
const noteFact = (draft: Draft, { id, occurredAt }: Fact): void => {
  draft.last = { occurredAt, id }
  draft.recentIds.push(id)
}

/** Every lead begins in the first stage. */
const enterFunnel = (draft: Draft, { id, occurredAt }: Fact): void => {
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

/** Told what becomes of facts while they are taken. */
export interface FoldWatcher extends ScoringWatcher, DealWatcher, OverflowWatcher {
  leftOut?(fact: Fact, why: LeftOut): void
}

/** In `(occurredAt, id)` order, each id once (its earliest). */
const inOrder = (facts: readonly Fact[]): readonly Fact[] => {
  const ids = new Set<string>()
  return facts.toSorted(compareFacts).filter(({ id }) => ids.size < ids.add(id).size)
}

const untracked: LeftOut = { type: 'untracked' }

const isKept = (draft: Draft, fact: Fact): boolean => {
  const consent = draft.consent.get(trackingPurpose)
  return mayKeep(fact, { consent: consent ? { [trackingPurpose]: consent } : {} })
}

const takeAll = (
  draft: Draft,
  facts: readonly Fact[],
  { leftOut, heldUntil, voids, traffic }: Sifted,
  rules: Rules,
  watcher?: FoldWatcher,
): void => {
  const take = factTaker(draft, rules, watcher)
  for (const fact of facts) {
    // Judged as of its own time, so that log and state never differ, whatever was known when it came in.
    const why = leftOut.get(fact.id) ?? (isKept(draft, fact) ? undefined : untracked)
    if (why) watcher?.leftOut?.(fact, why)
    if (!why && !reshapes(fact)) take(fact)
    else if (why?.type !== 'held') noteFact(draft, fact)
  }
  draft.heldUntil = heldUntil
  draft.voids = voids
  draft.traffic = traffic
}

const millisecondsOf = (now: string | undefined): number | undefined =>
  now === undefined ? undefined : Date.parse(now)

/** @returns whether a consent's deadline or a pause passed; that the band changed shows in the draft. */
const letPass = (draft: Draft, rules: Rules, now: number | undefined, watcher?: FoldWatcher): boolean => {
  if (now === undefined) return false
  const view = new LeadView(draft, rules, 'lead')
  coolTo(draft, view, rules, now, watcher)
  const isOver = passPause(draft, view, rules, now)
  return passDeadlines(draft, now, rules.playbook.settings.doubleOptIn) || isOver
}

/** The draft after the whole log, as `foldLead` takes it; undefined when the log is empty. */
export const draftOf = (
  facts: readonly Fact[],
  rules: Rules,
  now?: string,
  watcher?: FoldWatcher,
): Draft | undefined => {
  const ordered = inOrder(facts)
  const [first] = ordered
  if (!first) return undefined
  const moment = millisecondsOf(now)
  const draft = emptyDraft()
  const sifted = sift(ordered, moment)
  takeAll(draft, ordered, sifted, rules, watcher)
  draft.family = membersOf(ordered.filter(({ id }) => !sifted.leftOut.has(id)))
  if (draft.stages.length === 0) {
    enterFunnel(draft, first)
    draft.lastActivityAt = first.occurredAt
    draft.now = Date.parse(first.occurredAt)
    startBand(draft, first, rules)
  }
  letPass(draft, rules, moment, watcher)
  return draft
}

/**
 * What a lead's log comes to at `now` (RFC 3339 UTC). Order and repeats do not matter: the facts are taken by
 * `(occurredAt, id)`, each id once, without those that were taken back and those that a machine did.
 * @param facts of the lead and of those merged into it.
 * @param now absent: as of the last fact, nothing held back.
 * @returns undefined for an empty log.
 */
export const foldLead = (facts: readonly Fact[], rules: Rules, now?: string): LeadState | undefined => {
  const draft = draftOf(facts, rules, now)
  return draft && closeDraft(draft, rules)
}

/** Whether all of `facts`, in order, come after what `state` has settled already. */
const follow = (state: LeadState, [first]: readonly Fact[]): boolean => {
  if (!first) return true
  const { last, band, seen, paused } = state
  if (Object.keys(seen).length === 0) return false
  if (band.faded && first.occurredAt < band.at) return false
  if (paused?.over && paused.until !== undefined && first.occurredAt < paused.until) return false
  const deadline = lastDeadline(state)
  if (deadline !== undefined && first.occurredAt < deadline) return false
  return compareFacts({ ...first, ...last }, first) <= 0
}

/** A state that was taken up again. */
interface Extended {
  readonly draft: Draft
  /** Every fact was known and nothing has changed by itself. */
  readonly isSame: boolean
}

/** The draft after further facts, as `extendLead` takes them; undefined when the log has to be folded anew. */
export const extendedDraft = (
  state: LeadState,
  facts: readonly Fact[],
  rules: Rules,
  now?: string,
  watcher?: FoldWatcher,
): Extended | undefined => {
  if (state.rules !== rules.playbook.rulesVersion) return undefined
  if (state.heldUntil !== undefined && now !== undefined && state.heldUntil <= now) return undefined
  const fresh = inOrder(facts).filter(({ id }) => !state.recentIds.includes(id))
  if (fresh.some(reshapes) || !follow(state, fresh)) return undefined
  const moment = millisecondsOf(now)
  const sifted = sift(fresh, moment, state)
  if (sifted.reachesBack) return undefined
  const draft = openDraft(state, rules)
  takeAll(draft, fresh, sifted, rules, watcher)
  const lapsed = letPass(draft, rules, moment, watcher)
  return { draft, isSame: fresh.length === 0 && draft.band === state.band && !lapsed }
}

/**
 * The state after further facts: the same, to the bit, as folding the whole log.
 * @returns `state` itself when every fact was known and nothing has changed by itself; undefined when the log has to be
 * folded anew: a fact belongs before the last one taken, takes another back, or shows that an earlier one was a
 * machine's; one that was held is to be counted by now; or the rules are no longer those of `state`.
 */
export const extendLead = (
  state: LeadState | undefined,
  facts: readonly Fact[],
  rules: Rules,
  now?: string,
): LeadState | undefined => {
  if (!state) return foldLead(facts, rules, now)
  const extended = extendedDraft(state, facts, rules, now)
  if (!extended) return undefined
  return extended.isSame ? state : closeDraft(extended.draft, rules)
}

/** The facts that a lead's log held at `at` (RFC 3339 UTC), as known today: what was taken back or joined since stays so. */
export const factsAt = (facts: readonly Fact[], at: string): readonly Fact[] =>
  facts.filter((fact) => fact.occurredAt <= at || reshapes(fact))

/** Whether two names mean the same rules, read by the folds of two releases. */
export const differByFold = (a: string, b: string): boolean =>
  a !== b && a.replace(own, '') === b.replace(own, '')
