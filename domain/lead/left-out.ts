import type { Fact } from '../activity/activity.ts'
import { isRefusal, mayVoidRefusals } from '../activity/evidence.ts'
import { originOf } from '../activity/expand.ts'
import { classifyHits, hitReleasedAt } from '../activity/machine-hits.ts'
import type { LeadState, Traffic } from './lead-state.ts'
import { markOf, stateLimits } from './state-limits.ts'

/** Why a fact counts for nothing. */
export type LeftOut =
  | { readonly type: 'voided'; readonly by: string }
  /** Done by a program, not by the lead. */
  | { readonly type: 'machine'; readonly because: string }
  /** Not yet: what would show that it was a machine's may still come. */
  | { readonly type: 'held'; readonly until: string }
  /** A hit on our own links at a time when the lead had not agreed to be measured. */
  | { readonly type: 'untracked' }

/** What some facts come to before they are taken. */
export interface Sifted {
  /** By fact id. */
  readonly leftOut: ReadonlyMap<string, LeftOut>
  readonly heldUntil: string | undefined
  readonly voids: readonly string[]
  readonly traffic: Traffic | undefined
  /** They change what was taken before: the log has to be folded anew. */
  readonly reachesBack: boolean
}

/** So many were taken back that a further fact may be one of them: the whole log tells. */
const anyVoid = '*'

/** Taken back by their opposite alone: more than the log depends on them. */
const familyChanges = ['lead.merged', 'lead.unmerged']
const structural = ['activity.voided', ...familyChanges]

/** Facts about the log itself: they take back, join or separate, and are no doing of the lead's. */
export const reshapes = ({ type }: Pick<Fact, 'type'>): boolean => structural.includes(type)

/** Voided ids with the facts that void each. A voiding that is itself voided by a later one has no effect. */
const voidedBy = (facts: readonly Fact[]): ReadonlyMap<string, readonly Fact[]> => {
  const voided = new Map<string, readonly Fact[]>()
  for (const fact of facts.toReversed()) {
    const { id, type, properties } = fact
    const { activityId } = properties
    if (type === 'activity.voided' && typeof activityId === 'string' && !voided.has(id))
      voided.set(activityId, [fact, ...(voided.get(activityId) ?? [])])
  }
  return voided
}

/** What a fact follows from: the activity that it is a part of, or the form whose consent it confirms. */
const causeOf = ({ id, type, properties }: Fact): string | undefined => {
  const { submission } = properties
  return (
    originOf(id) ?? (type === 'consent.granted' && typeof submission === 'string' ? submission : undefined)
  )
}

/**
 * By fact id: the fact that voids it, or what it follows from. What a person or their mail provider has said against mail
 * stands, whoever voids it, unless an admin does.
 */
const voidings = (
  facts: readonly Fact[],
  voided: ReadonlyMap<string, readonly Fact[]>,
): ReadonlyMap<string, string> => {
  const by = new Map<string, string>()
  if (voided.size === 0) return by
  for (const fact of facts) {
    if (familyChanges.includes(fact.type)) continue
    const cause = causeOf(fact) ?? ''
    const [voiding] = (voided.get(fact.id) ?? []).filter((one) => !isRefusal(fact) || mayVoidRefusals(one))
    const inherited = isRefusal(fact) ? undefined : (by.get(cause) ?? voided.get(cause)?.[0]?.id)
    const id = voiding?.id ?? inherited
    if (id !== undefined) by.set(fact.id, id)
  }
  return by
}

/** Whether what `before` has settled is not what the whole log would give: they have to be folded together. */
const unsettles = (facts: readonly Fact[], { voids = [] }: LeadState): boolean => {
  const ids = new Set(facts.map(({ id }) => id))
  if (facts.length > 0 && voids.includes(anyVoid)) return true
  return facts.some((fact) => {
    const origin = originOf(fact.id)
    const isTakenBack = voids.includes(markOf(fact.id)) || voids.includes(markOf(causeOf(fact) ?? ''))
    return isTakenBack || (origin !== undefined && !ids.has(origin))
  })
}

/**
 * Tells which facts count. A pure function of the facts, so that it does not matter in which order they came. With a
 * fact that is taken back go those that followed from it.
 * @param facts in order, each id once, all later than those that `before` holds.
 * @param now ms; undefined: nothing is held.
 */
export const sift = (facts: readonly Fact[], now: number | undefined, before?: LeadState): Sifted => {
  const voided = voidedBy(facts)
  const voiding = voidings(facts, voided)
  const { machine, traffic, reachesBack } = classifyHits(
    facts.filter(({ id }) => !voiding.has(id)),
    before?.traffic,
  )
  const leftOut = new Map<string, LeftOut>()
  const voids = new Set([...(before?.voids ?? []), ...[...voided.keys()].map(markOf)])
  let heldUntil: number | undefined
  for (const fact of facts) {
    const by = voiding.get(fact.id)
    const because = machine.get(fact.id)
    const release = now === undefined ? undefined : hitReleasedAt(fact)
    if (by !== undefined) leftOut.set(fact.id, { type: 'voided', by })
    else if (because !== undefined) leftOut.set(fact.id, { type: 'machine', because })
    else if (release !== undefined && now !== undefined && release > now) {
      leftOut.set(fact.id, { type: 'held', until: new Date(release).toISOString() })
      heldUntil = Math.min(release, heldUntil ?? release)
    }
  }
  const until = heldUntil === undefined ? undefined : new Date(heldUntil).toISOString()
  return {
    leftOut,
    heldUntil: earlier(before?.heldUntil, until),
    voids: voids.size > stateLimits.voids || voids.has(anyVoid) ? [anyVoid] : [...voids].toSorted(),
    traffic,
    reachesBack: reachesBack || (before !== undefined && unsettles(facts, before)),
  }
}

const earlier = (a: string | undefined, b: string | undefined): string | undefined =>
  a === undefined || (b !== undefined && b < a) ? b : a
