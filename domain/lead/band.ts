import type { Fact } from '../model/activity.ts'
import { type Cause, type Decided, type Decision, decision } from '../model/decision.ts'
import type { Rules } from '../rules/rules.ts'
import { bandOf, gradeOf } from '../scoring/awards.ts'
import { type EngagementDraft, nextExpiry, onlyFades } from './engagement.ts'
import type { LogDraft } from './log.ts'
import type { DraftOf, Moment, MovingView, StateOf, Step } from './slice.ts'

/** The band and grade since the last change of either, as of the fact that changed it; where points faded, the one that had changed it before. */
export interface BandEntry extends Cause {
  readonly id: string
  readonly grade: string
  readonly score: number
  /** The band before; absent for the first. */
  readonly from?: string
  /** Caused by fading points, not by a fact. */
  readonly faded?: true
}

const fields = {
  band: {
    open: (stored: BandEntry | undefined): BandEntry | undefined => stored,
    close: (open: BandEntry | undefined): BandEntry => {
      if (!open) throw new Error('a lead begins with a fact')
      return open
    },
  },
}

type State = StateOf<typeof fields>
type Own = DraftOf<typeof fields>
type Draft = Own & EngagementDraft & Pick<LogDraft, 'now'>

export interface BandWatcher {
  /** Band or grade changed, by a fact or by the passing of time. */
  banded?(entry: BandEntry): void
}

/** Band, grade and score at one moment. */
type Standing = Pick<BandEntry, 'id' | 'grade' | 'score'>

const standingIn = (view: MovingView): Standing => ({
  id: view.band() ?? '',
  grade: view.grade() ?? '',
  score: view.score() ?? 0,
})

/** A lead begins in the lowest band without points. */
const lowest = (rules: Rules): Standing => ({
  id: bandOf(0, rules.playbook.scoring.bands),
  grade: gradeOf(0, 0, rules),
  score: 0,
})

/** The band of a lead none of whose facts count. */
export const startBand = (draft: Own, { id, occurredAt }: Fact, rules: Rules): void => {
  draft.band = { ...lowest(rules), at: occurredAt, factId: id }
}

const isOther = ({ id, grade }: Standing, view: MovingView): boolean =>
  view.band() !== id || view.grade() !== grade

/** Keeps band and grade, and which fact last changed either. */
const apply = (draft: Own, { fact, view, rules, watcher }: Step<BandWatcher>): void => {
  if (draft.band && !isOther(draft.band, view)) return
  const before = draft.band ?? lowest(rules)
  const entry = { ...standingIn(view), at: fact.occurredAt, factId: fact.id }
  const changed = isOther(before, view)
  draft.band = changed ? { ...entry, from: before.id } : entry
  if (changed) watcher?.banded?.(draft.band)
}

const day = 86_400_000

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

/** In ms. */
interface Span {
  readonly from: number
  readonly until: number
}

/** Whether the score can only fall by itself: no negative points that fade, no fit that asks for the time. */
export const onlyFalls = (draft: Draft, rules: Rules): boolean => !rules.fitAsksMore && onlyFades(draft)

/**
 * The first of the moments looked at with another standing. A score that only falls needs to be looked at but once, at
 * the end; one that may rise again is looked at day by day, the same days whenever it is asked: ups and downs within
 * one day count as none.
 */
const firstOther = (
  draft: Draft,
  rules: Rules,
  other: (at: number) => boolean,
  { from, until }: Span,
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
 * @param span from no earlier than the last fact taken.
 */
export const nextChange = (
  draft: Draft,
  view: MovingView,
  rules: Rules,
  span: Span,
): { readonly at: number; readonly standing: Standing } | undefined => {
  const { band: current } = draft
  if (!current) return undefined
  const other = (at: number): boolean => {
    view.moveTo(at)
    return isOther(current, view)
  }
  const at = firstOther(draft, rules, other, span)
  if (at === undefined) return undefined
  const changed = bisect(other, span.from, at)
  if (changed > span.until) return undefined
  view.moveTo(changed)
  return { at: changed, standing: standingIn(view) }
}

/** Records each change of band or grade that fading points caused before `now`. */
const pass = (draft: Draft, { now, rules, view, watcher }: Moment<BandWatcher>): boolean => {
  const before = draft.band
  let moment = draft.band?.faded ? Math.max(draft.now, Date.parse(draft.band.at)) : draft.now
  while (draft.band && moment < now) {
    const next = nextChange(draft, view, rules, { from: moment, until: now })
    if (!next) break
    const { id: from, factId } = draft.band
    draft.band = { ...next.standing, from, at: new Date(next.at).toISOString(), factId, faded: true }
    watcher?.banded?.(draft.band)
    moment = next.at
  }
  return draft.band !== before
}

const decisions = (lead: Decided, { band }: State): readonly Decision[] =>
  band.from === undefined
    ? []
    : [
        decision(
          lead,
          'LeadScored',
          `band:${band.id}:${band.grade}:${band.faded ? `faded:${band.at}` : band.factId}`,
          band,
          {
            score: band.score,
            band: band.id,
            grade: band.grade,
            previousBand: band.from,
            because: band.faded ? 'faded' : 'activity',
          },
        ),
      ]

/** The lead's band and grade, and what changed either last. */
export const bandSlice = { fields, pass, apply, decisions }
