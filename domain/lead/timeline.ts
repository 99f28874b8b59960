import type { Fact } from '../activity/activity.ts'
import type { JsonObject } from '../json.ts'
import type { Rules } from '../playbook/rules.ts'
import type { DealStay } from '../sales/take-activity.ts'
import { makeExplainer } from '../scoring/explain.ts'
import { type Consequence, consequencesOf } from './consequences.ts'
import { closeDraft, type Draft } from './draft.ts'
import { draftOf, extendedDraft, type FoldWatcher } from './fold.ts'
import type { LeadId } from './lead-id.ts'
import type { BandEntry, LeadState } from './lead-state.ts'
import type { LeftOut } from './left-out.ts'
import type { Overflow } from './state-limits.ts'

export interface TimelineEntry {
  readonly id: string
  readonly type: string
  readonly occurredAt: string
  /** When it came in; null for one taken in before that was kept. */
  readonly recordedAt: string | null
  /** It came more than an hour after it occurred. */
  readonly late?: true
  /** It counts for nothing, or not yet: why. */
  readonly leftOut?: LeftOut
  /** The merged lead that it is about. */
  readonly member?: LeadId
  readonly properties: JsonObject
  readonly followed: readonly Consequence[]
}

const onTime = 3_600_000

/** A lead as it is asked about. */
export interface ToldLead {
  readonly rules: Rules
  /** RFC 3339 UTC: what follows later is not told. */
  readonly now: string
  /** The known address. */
  readonly email?: string | undefined
}

/** What followed from `facts`, in order, newest first. @param fold takes them, and tells what becomes of them. */
const tell = (
  facts: readonly Fact[],
  { rules, now, email }: ToldLead,
  fold: (watcher: FoldWatcher) => Draft | undefined,
): readonly TimelineEntry[] | undefined => {
  const leftOut = new Map<string, LeftOut>()
  const bands: BandEntry[] = []
  const stays = new Map<string, DealStay>()
  const overflows = new Map<string, readonly Overflow[]>()
  const { watcher, explanationOf } = makeExplainer(rules)
  const draft = fold({
    ...watcher,
    leftOut: ({ id }, why) => leftOut.set(id, why),
    banded: (entry) => bands.push(entry),
    dealStayed: ({ id }, stay) => stays.set(id, stay),
    overflowed: ({ id }, overflow) => overflows.set(id, [...(overflows.get(id) ?? []), overflow]),
  })
  if (!draft) return undefined
  const state = closeDraft(draft, rules)
  const explanation = explanationOf(draft, now, email)
  const followed = consequencesOf(facts, state, bands, leftOut, explanation, { stays, overflows })
  const seen = new Set<string>()
  const entries = facts.flatMap((fact): TimelineEntry[] => {
    if (seen.has(fact.id)) return []
    seen.add(fact.id)
    return [entryOf(fact, leftOut.get(fact.id), followed.get(fact.id) ?? [])]
  })
  return entries.reverse()
}

/**
 * The lead's log with what followed from each fact up to `now` (RFC 3339 UTC), newest first.
 * @param facts in order. @param email the lead's known address.
 */
export const timelineOf = (
  facts: readonly Fact[],
  rules: Rules,
  now: string,
  email?: string,
): readonly TimelineEntry[] =>
  tell(facts, { rules, now, email }, (watcher) => draftOf(facts, rules, now, watcher)) ?? []

/**
 * The newest part of `timelineOf` alone: that of the facts after `before`, a state of an earlier moment.
 * @param facts all that came after it, in order. @returns undefined where the whole log has to be read.
 */
export const latestOf = (
  before: LeadState,
  facts: readonly Fact[],
  lead: ToldLead,
): readonly TimelineEntry[] | undefined => {
  const [first] = facts
  // What happened at one moment is told together.
  if (!first || first.occurredAt === before.last.occurredAt) return undefined
  return tell(facts, lead, (watcher) => extendedDraft(before, facts, lead.rules, lead.now, watcher)?.draft)
}

const entryOf = (
  { id, type, occurredAt, recordedAt, member, properties }: Fact,
  leftOut: LeftOut | undefined,
  followed: readonly Consequence[],
): TimelineEntry => {
  const isLate = recordedAt !== undefined && Date.parse(recordedAt) - Date.parse(occurredAt) > onTime
  return {
    id,
    type,
    occurredAt,
    recordedAt: recordedAt ?? null,
    ...(isLate && { late: true }),
    ...(leftOut && { leftOut }),
    ...(member !== undefined && { member }),
    properties,
    followed,
  }
}
