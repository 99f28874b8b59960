import type { Fact } from '../model/activity.ts'
import { stateLimits } from '../model/state-limits.ts'
import type { Rules } from '../rules/rules.ts'
import { type DraftOf, mapOf, type StateOf, type Step } from './slice.ts'

interface StoredSeen {
  readonly count: number
  readonly first: string
  readonly last: string
  /** Times within the longest window in the playbook for that type, in ms since the epoch. */
  readonly times: readonly number[]
  /** Count of earlier cycles, once the lead was recycled. */
  readonly earlier?: number
}

/** While facts are applied; `at` is `last` in ms. */
type Seen = { -readonly [Key in keyof Required<StoredSeen>]: StoredSeen[Key] } & {
  at: number
  times: number[]
  earlier: number
}

const openSeen = ({ count, first, last, times, earlier = 0 }: StoredSeen): Seen => ({
  count,
  first,
  last,
  at: Date.parse(last),
  times: [...times],
  earlier,
})

const closeSeen = ({ count, first, last, times, earlier }: Seen): StoredSeen =>
  earlier > 0 ? { count, first, last, times, earlier } : { count, first, last, times }

const fields = {
  /** By activity type. */
  seen: mapOf(openSeen, closeSeen),
}

export type CountDraft = DraftOf<typeof fields>

const see = (draft: CountDraft, { type, occurredAt }: Fact, now: number, rules: Rules): void => {
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

/** Limits the stored times: the type with the most loses its oldest, and `count(type, window)` stops there. */
const forgetOldest = (draft: CountDraft, { windows }: Rules): void => {
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

/** Assigns everything seen so far to earlier cycles. */
export const endCountsOfCycle = ({ seen }: CountDraft): void => {
  for (const one of seen.values()) one.earlier = one.count
}

/** Facts stored of an anonymous browser: more than a person's visits, so that no stranger can fill a log. */
const ofNobody = 200

/** Facts stored of a known person before further ones from browsers are dropped. */
const ofSomebody = 2000

/** How many more facts that a browser reports the lead accepts. @param hasAddress whether the person is known. */
export const roomForBrowsers = (state: StateOf<typeof fields> | undefined, hasAddress: boolean): number => {
  const taken = Object.values(state?.seen ?? {}).reduce((sum, { count }) => sum + count, 0)
  return Math.max(0, (hasAddress ? ofSomebody : ofNobody) - taken)
}

const apply = (draft: CountDraft & { readonly isOldNews: boolean }, { fact, now, rules }: Step): void => {
  if (!draft.isOldNews) see(draft, fact, now, rules)
}

/** Counts and times of activities by type. */
export const countSlice = { fields, apply }
