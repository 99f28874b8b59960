import type { Fact } from '../activity/activity.ts'
import type { JsonObject } from '../json.ts'
import type { Rules } from '../playbook/rules.ts'
import type { DealStay } from '../sales/take-activity.ts'
import { explain } from '../scoring/explain.ts'
import { type Consequence, consequencesOf } from './consequences.ts'
import { closeDraft } from './draft.ts'
import { draftOf } from './fold.ts'
import type { LeadId } from './lead-id.ts'
import type { BandEntry } from './lead-state.ts'
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

/**
 * The lead's log with what followed from each fact up to `now` (RFC 3339 UTC), newest first.
 * @param facts in order. @param email the lead's known address.
 */
export const timelineOf = (
  facts: readonly Fact[],
  rules: Rules,
  now: string,
  email?: string,
): readonly TimelineEntry[] => {
  const leftOut = new Map<string, LeftOut>()
  const bands: BandEntry[] = []
  const stays = new Map<string, DealStay>()
  const overflows = new Map<string, readonly Overflow[]>()
  const draft = draftOf(facts, rules, now, {
    leftOut: ({ id }, why) => leftOut.set(id, why),
    banded: (entry) => bands.push(entry),
    dealStayed: ({ id }, stay) => stays.set(id, stay),
    overflowed: ({ id }, overflow) => overflows.set(id, [...(overflows.get(id) ?? []), overflow]),
  })
  if (!draft) return []
  const followed = consequencesOf(
    facts,
    closeDraft(draft, rules),
    bands,
    leftOut,
    explain(facts, rules, now, email),
    { stays, overflows },
  )
  const seen = new Set<string>()
  const entries = facts.flatMap((fact): TimelineEntry[] => {
    if (seen.has(fact.id)) return []
    seen.add(fact.id)
    return [entryOf(fact, leftOut.get(fact.id), followed.get(fact.id) ?? [])]
  })
  return entries.reverse()
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
