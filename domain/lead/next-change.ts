import type { StageId } from '../model/deal.ts'
import type { Rules } from '../rules/rules.ts'
import { bandOf, gradeOf } from '../scoring/awards.ts'
import { type Draft, openDraft } from './draft.ts'
import type { BandEntry, LeadState } from './lead-state.ts'
import { farAhead, LeadView, nextExpiry, onlyFades, type ScoringWatcher } from './lead-view.ts'
import { qualifiesAfterPause } from './sales.ts'

const day = 86_400_000

/** Band, grade and score at one moment. */
interface Standing {
  readonly band: string
  readonly grade: string
  readonly score: number
}

/** @param view is moved to `at` (ms). */
const standingAt = (view: LeadView, rules: Rules, at: number): Standing => {
  view.moveTo(at)
  const fit = view.fit() ?? 0
  const engagement = view.engagement() ?? 0
  const score = Math.max(0, fit + engagement)
  return {
    band: bandOf(score, rules.playbook.scoring.bands),
    grade: gradeOf(fit, engagement, rules),
    score,
  }
}

/** Whether band or grade are others at `at` than `current`. Asked for every fact that is folded: it makes nothing. */
const isOther = (current: BandEntry, view: LeadView, rules: Rules, at: number): boolean => {
  view.moveTo(at)
  const fit = view.fit() ?? 0
  const engagement = view.engagement() ?? 0
  return (
    bandOf(Math.max(0, fit + engagement), rules.playbook.scoring.bands) !== current.id ||
    gradeOf(fit, engagement, rules) !== current.grade
  )
}

/** The first millisecond after `from` with another standing, given that there is one at `to` and only one change between. */
const bisect = (other: (at: number) => boolean, from: number, to: number): number => {
  let [before, after] = [from, to]
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2)
    if (other(middle)) after = middle
    else before = middle
  }
  return after
}

/** Whether the score can only fall by itself: no negative points that fade, no fit that asks for the time. */
const onlyFalls = (draft: Draft, rules: Rules): boolean => !rules.fitAsksMore && onlyFades(draft)

/**
 * The first of the moments looked at with another standing. A score that only falls needs to be looked at but once, at
 * the end; one that may rise again is looked at day by day, the same days whenever it is asked: ups and downs within
 * one day count as none.
 */
const firstOther = (
  draft: Draft,
  rules: Rules,
  other: (at: number) => boolean,
  from: number,
  until: number,
): number | undefined => {
  if (onlyFalls(draft, rules)) return other(until) ? until : undefined
  for (let at = from; at < until; ) {
    const nextDay = (Math.floor(at / day) + 1) * day
    at = Math.min(nextDay, nextExpiry(draft, rules, at) ?? nextDay)
    if (other(at)) return at
  }
  return undefined
}

/**
 * When band or grade change next though nothing happens: points fade and expire.
 * @param from ms, not before the last fact taken. @param until ms: changes after it are not looked for.
 */
const nextChange = (
  draft: Draft,
  view: LeadView,
  rules: Rules,
  from: number,
  until: number,
): { readonly at: number; readonly standing: Standing } | undefined => {
  const { band: current } = draft
  if (!current) return undefined
  const other = (at: number): boolean => isOther(current, view, rules, at)
  const at = firstOther(draft, rules, other, from, until)
  if (at === undefined) return undefined
  const changed = bisect(other, from, at)
  return changed <= until ? { at: changed, standing: standingAt(view, rules, changed) } : undefined
}

/** How far day-by-day looking goes (ms): beyond it the lead is looked at again. */
const horizon = 400 * day

/**
 * When a lead whose state was cooled down to `now` (RFC 3339 UTC) has to be looked at again, since band or grade may
 * change then by themselves, or a pause ends and it goes to sales; undefined when none of that ever will be.
 */
export const nextWake = (state: LeadState, rules: Rules, now: string): string | undefined => {
  const draft = openDraft(state, rules)
  const from = Math.max(Date.parse(now), draft.now)
  const end = farAhead(draft, rules, from)
  const until = onlyFalls(draft, rules) ? end : Math.min(end, from + horizon)
  const view = new LeadView(draft, rules, 'lead')
  const next = nextChange(draft, view, rules, from, until)
  const moments = [next?.at ?? (until < end ? until : undefined), qualifiesAfterPause(draft, view, rules)]
  const ahead = moments.filter((at) => at !== undefined)
  return ahead.length === 0 ? undefined : new Date(Math.min(...ahead)).toISOString()
}

/** Lets time pass until `now` (ms): band and grade change at the moments at which the points had faded enough. */
export const coolTo = (
  draft: Draft,
  view: LeadView,
  rules: Rules,
  now: number,
  watcher?: ScoringWatcher,
): void => {
  let from = draft.band?.faded ? Math.max(draft.now, Date.parse(draft.band.at)) : draft.now
  while (draft.band && from < now) {
    const next = nextChange(draft, view, rules, from, now)
    if (!next) return
    const { id, factId } = draft.band
    const { band, grade, score } = next.standing
    const at = new Date(next.at).toISOString()
    draft.band = { id: band, grade, score, from: id, at, factId, faded: true }
    watcher?.banded?.(draft.band)
    from = next.at
  }
}

/** How long a lead stood in one stage, and why it got there. */
interface TimeInStage {
  readonly stage: StageId
  readonly from: StageId | null
  readonly at: string
  /** When it left; null for the present stage. */
  readonly until: string | null
  /** A decimal; of the present stage up to now. */
  readonly days: number
  /** Passed through on the way to a later stage. */
  readonly implied: boolean
  readonly cycle: number
  readonly because: { readonly activityId: string; readonly condition: string | null }
}

/** Oldest first. @param now RFC 3339 UTC */
export const timeInStages = ({ stages }: LeadState, now: string): readonly TimeInStage[] =>
  stages.map(({ stage, from, at, implied, cycle, factId, condition }, index) => {
    const until = stages[index + 1]?.at ?? null
    const end = until ?? (now < at ? at : now)
    return {
      stage,
      from: from ?? null,
      at,
      until,
      days: (Date.parse(end) - Date.parse(at)) / day,
      implied: implied ?? false,
      cycle,
      because: { activityId: factId, condition: condition ?? null },
    }
  })
