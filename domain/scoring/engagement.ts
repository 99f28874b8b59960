import type { Draft } from '../lead/draft.ts'
import type { Rules } from '../playbook/rules.ts'
import { awardsWorthAt, worthAt } from './meter.ts'

type Metered = Pick<Draft, 'meters'>

/** What all awards are worth at `now` (ms). @param sinceRecycle leaves out what was awarded before the lead was last recycled. */
export const engagementAt = (
  { meters }: Metered,
  rules: Rules,
  now: number,
  sinceRecycle: boolean,
): number => {
  let sum = 0
  for (let index = 0; index < meters.length; index += 1) {
    const meter = meters[index]
    if (!meter) continue
    const rule = rules.engagement[index]
    if (!rule) continue
    if (meter.awards !== undefined) {
      sum += awardsWorthAt(meter, rule, now, sinceRecycle)
      continue
    }
    sum += worthAt(meter, rule.halfLife, now)
    if (sinceRecycle && meter.earlier) sum -= worthAt(meter.earlier, rule.halfLife, now)
  }
  return sum
}

/** The earliest moment (ms) after `after` at which some award expires. */
export const nextExpiry = ({ meters }: Metered, rules: Rules, after: number): number | undefined => {
  let next: number | undefined
  for (const [index, meter] of meters.entries()) {
    const expires = rules.engagement[index]?.expires
    if (expires === undefined) continue
    const at = meter?.awards?.find(([awarded]) => awarded + expires > after)?.[0]
    if (at !== undefined) next = Math.min(at + expires, next ?? Number.POSITIVE_INFINITY)
  }
  return next
}

/** Whether points can only become less by the passing of time: none of those that fade or expire are negative. */
export const onlyFades = ({ meters }: Metered): boolean =>
  meters.every((meter) =>
    meter?.awards === undefined
      ? meter === undefined || meter.sum >= 0
      : meter.awards.every(([, points]) => points >= 0),
  )

const day = 86_400_000
/** After so many half-lives less than a millionth of a millionth is left of the most that a rule awards. */
const halfLivesToNothing = 60

/** A moment (ms) by which everything that fades or expires has come to nothing; at least a day after `from`. */
export const farAhead = ({ meters }: Metered, rules: Rules, from: number): number => {
  let longest = 0
  let last = from + day
  for (const [index, meter] of meters.entries()) {
    const rule = rules.engagement[index]
    if (!meter || !rule) continue
    longest = Math.max(longest, rule.halfLife ?? 0)
    const latest = meter.awards?.at(-1)
    if (latest && rule.expires !== undefined) last = Math.max(last, latest[0] + rule.expires)
  }
  return Math.max(last, from + halfLivesToNothing * longest)
}
