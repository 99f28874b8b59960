import { compareFacts, type Fact } from '../model/activity.ts'
import type { OverflowWatcher } from '../model/state-limits.ts'
import type { Rules } from '../rules/rules.ts'
import { type BandWatcher, startBand } from './band.ts'
import { lastDeadline, mayKeep, trackingPurpose } from './consent.ts'
import type { ScoringWatcher } from './engagement.ts'
import { type Exclusion, type FilteredFacts, filterFacts, isStructural } from './filter-facts.ts'
import { closeDraft, type Draft, type LeadState, openDraft, slices } from './lead-state.ts'
import { LeadView } from './lead-view.ts'
import { membersOf, noteFact } from './log.ts'
import type { DealWatcher } from './sales.ts'
import type { Moment, Step } from './slice.ts'

/** Receives what the fold does with each fact. */
export interface FoldWatcher extends ScoringWatcher, BandWatcher, DealWatcher, OverflowWatcher {
  leftOut?(fact: Fact, why: Exclusion): void
}

const beginning = slices.filter((slice) => 'begin' in slice)
const passing = slices.filter((slice) => 'pass' in slice)

/** A lead during the fold, with its views and the watcher. */
type Lead = Omit<Step<FoldWatcher>, 'fact' | 'now'> & { readonly draft: Draft }

const leadOf = (state: LeadState | undefined, rules: Rules, watcher: FoldWatcher | undefined): Lead => {
  const draft = openDraft(state, rules)
  const view = new LeadView(draft, rules, 'lead')
  return { draft, rules, watcher, view, cycleView: new LeadView(draft, rules, 'cycle') }
}

const begin = (draft: Draft, fact: Fact): void => {
  for (const slice of beginning) slice.begin(draft, fact)
}

/** Advances time to a moment, with or without a fact. @returns whether anything changed. */
const pass = (draft: Draft, moment: Moment<FoldWatcher>): boolean => {
  let changed = false
  for (const slice of passing) if (slice.pass(draft, moment)) changed = true
  return changed
}

const apply = ({ draft, rules, watcher, view, cycleView }: Lead, fact: Fact): void => {
  const now = Date.parse(fact.occurredAt)
  const step = { fact, now, rules, watcher, view, cycleView }
  pass(draft, step)
  view.moveTo(now)
  cycleView.moveTo(now)
  if (draft.stages.length === 0) begin(draft, fact)
  for (const slice of slices) slice.apply(draft, step)
}

/** In `(occurredAt, id)` order, each id once (its earliest). */
const inOrder = (facts: readonly Fact[]): readonly Fact[] => {
  const ids = new Set<string>()
  return facts.toSorted(compareFacts).filter(({ id }) => ids.size < ids.add(id).size)
}

const untracked: Exclusion = { type: 'untracked' }

const isKept = (draft: Draft, fact: Fact): boolean => {
  const consent = draft.consent.get(trackingPurpose)
  return mayKeep(fact, { consent: consent ? { [trackingPurpose]: consent } : {} })
}

const applyAll = (
  lead: Lead,
  facts: readonly Fact[],
  { leftOut, heldUntil, voids, traffic }: FilteredFacts,
): void => {
  const { draft } = lead
  for (const fact of facts) {
    // The consent at the fact's own time counts, so that late facts give the same state.
    const why = leftOut.get(fact.id) ?? (isKept(draft, fact) ? undefined : untracked)
    if (why) lead.watcher?.leftOut?.(fact, why)
    if (!why && !isStructural(fact)) apply(lead, fact)
    else if (why?.type !== 'held') noteFact(draft, fact)
  }
  Object.assign(draft, { heldUntil, voids, traffic })
}

const millisecondsOf = (now: string | undefined): number | undefined =>
  now === undefined ? undefined : Date.parse(now)

/** The draft after the whole log, for `foldLead`; undefined for an empty log. */
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
  const filtered = filterFacts(ordered, moment)
  const lead = leadOf(undefined, rules, watcher)
  const { draft } = lead
  applyAll(lead, ordered, filtered)
  draft.family = membersOf(ordered.filter(({ id }) => !filtered.leftOut.has(id)))
  if (draft.stages.length === 0) {
    begin(draft, first)
    startBand(draft, first, rules)
  }
  if (moment !== undefined) pass(draft, { ...lead, now: moment })
  return draft
}

/**
 * The lead's state at `now` (RFC 3339 UTC), computed from its log. Order and repetition of `facts` do not matter: they are
 * applied by `(occurredAt, id)`, each id once, without voided and automated ones.
 * @param facts of the lead and of those merged into it.
 * @param now absent: as of the last fact, without holding hits.
 * @returns undefined for an empty log.
 */
export const foldLead = (facts: readonly Fact[], rules: Rules, now?: string): LeadState | undefined => {
  const draft = draftOf(facts, rules, now)
  return draft && closeDraft(draft, rules)
}

/** Whether all of `facts`, in order, are later than everything that `state` was computed from. */
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

interface Extended {
  readonly draft: Draft
  /** Every fact was known, and time changed nothing. */
  readonly isSame: boolean
}

/** The draft after further facts, for `extendLead`; undefined if the whole log has to be folded. */
export const extendedDraft = (
  state: LeadState,
  facts: readonly Fact[],
  rules: Rules,
  { now, watcher }: { readonly now?: string | undefined; readonly watcher?: FoldWatcher } = {},
): Extended | undefined => {
  if (state.rules !== rules.playbook.rulesVersion) return undefined
  if (state.heldUntil !== undefined && now !== undefined && state.heldUntil <= now) return undefined
  const fresh = inOrder(facts).filter(({ id }) => !state.recentIds.includes(id))
  if (fresh.some(isStructural) || !follow(state, fresh)) return undefined
  const moment = millisecondsOf(now)
  const filtered = filterFacts(fresh, moment, state)
  if (filtered.reachesBack) return undefined
  const lead = leadOf(state, rules, watcher)
  applyAll(lead, fresh, filtered)
  const changed = moment !== undefined && pass(lead.draft, { ...lead, now: moment })
  return { draft: lead.draft, isSame: fresh.length === 0 && !changed }
}

/**
 * The state after further facts, identical to folding the whole log.
 * @returns `state` itself if nothing changed; undefined if the whole log has to be folded: a fact is earlier than the last one
 * applied, voids another, or reveals an earlier hit as automated; a held hit is due; or the rules differ.
 */
export const extendLead = (
  state: LeadState | undefined,
  facts: readonly Fact[],
  rules: Rules,
  now?: string,
): LeadState | undefined => {
  if (!state) return foldLead(facts, rules, now)
  const extended = extendedDraft(state, facts, rules, { now })
  if (!extended) return undefined
  return extended.isSame ? state : closeDraft(extended.draft, rules)
}

/** The lead's facts up to `at` (RFC 3339 UTC), with every later voiding and merge applied. */
export const factsAt = (facts: readonly Fact[], at: string): readonly Fact[] =>
  facts.filter((fact) => fact.occurredAt <= at || isStructural(fact))
