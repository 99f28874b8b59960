import type { Fact } from '../model/activity.ts'
import { type Cause, type Decided, type Decision, decision } from '../model/decision.ts'
import type { Rules } from '../rules/rules.ts'
import { bandOf, gradeOf } from '../scoring/awards.ts'
import { type EngagementDraft, nextExpiry, onlyFades } from './engagement.ts'
import type { LogDraft } from './log.ts'
import type { DraftOf, Moment, MovingView, StateOf, Step } from './slice.ts'

/** Band and grade with the fact that last changed either; after decay, the fact before it. */
export interface BandEntry extends Cause {
  readonly id: string
  readonly grade: string
  readonly score: number
  /** The band before; absent for the first. */
  readonly from?: string
  /** Caused by decay, not by a fact. */
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
  /** Called when band or grade change, by a fact or by decay. */
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

/** Updates band and grade, with the fact that changed them. */
const apply = (draft: Own, { fact, view, rules, watcher }: Step<BandWatcher>): void => {
  if (draft.band && !isOther(draft.band, view)) return
  const before = draft.band ?? lowest(rules)
  const entry = { ...standingIn(view), at: fact.occurredAt, factId: fact.id }
  const changed = isOther(before, view)
  draft.band = changed ? { ...entry, from: before.id } : entry
  if (changed) watcher?.banded?.(draft.band)
}

const day = 86_400_000

/** The first millisecond after `from` with another standing, given one at `to` and a single change in between. */
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

/** Whether time can only lower the score: no negative points decay, and no fit rule depends on time. */
export const onlyFalls = (draft: Draft, rules: Rules): boolean => !rules.fitAsksMore && onlyFades(draft)

/**
 * The first checked moment with another standing. A score that can only fall is checked once, at the end; others day by day,
 * always at the same times: ups and downs within a day are ignored.
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
 * When decay or expiry next changes band or grade.
 * @param span not before the last fact applied.
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

/** Records each change of band or grade by decay before `now`. */
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

/** The lead's band and grade, and their last change. */
export const bandSlice = { fields, pass, apply, decisions }
