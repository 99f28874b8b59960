import { compareFacts, type Fact } from '../activity/activity.ts'
import { mayKeep, trackingPurpose } from '../consent/tracking-consent.ts'
import type { Rules } from '../playbook/rules.ts'
import type { ScoringWatcher } from '../scoring/take-engagement.ts'
import { lastDeadline, passDeadlines } from './consent-deadlines.ts'
import { coolTo } from './cool.ts'
import { closeDraft, type Draft, emptyDraft, openDraft } from './draft.ts'
import { membersOf } from './family.ts'
import { startBand } from './judge.ts'
import type { LeadState } from './lead-state.ts'
import { LeadView } from './lead-view.ts'
import { type LeftOut, reshapes, type Sifted, sift } from './left-out.ts'
import { passPause } from './pass-pause.ts'
import type { OverflowWatcher } from './state-limits.ts'
import type { DealWatcher } from './take-deal.ts'
import { enterFunnel, factTaker, noteFact } from './take-fact.ts'

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
