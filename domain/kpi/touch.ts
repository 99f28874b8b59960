import type { Fact } from '../model/activity.ts'
import { isObject, type Json } from '../model/json.ts'
import type { Row } from './row.ts'

/** Where a lead came from, each time that it came. */
interface Touch extends Origin {
  /** Milliseconds since the epoch. */
  readonly at: number
}

export type Origin = Pick<Row, 'source' | 'campaign'>

/** The source of a lead that nothing tells of. */
const direct = 'direct'

/** Activities that tell a source: visits, forms and profiles. */
const telling = [
  ...['page.viewed', 'page.engaged', 'ad.clicked', 'ad.impression'],
  ...['form.submitted', 'profile.updated'],
]

/** Characters of a name from outside. */
const longest = 100

/** Anybody can put anything into a link or a hidden field: what looks like an address is no source. */
const nameIn = (value: Json | undefined): string | undefined => {
  const name =
    typeof value === 'string' && !value.includes('@') ? value.trim().slice(0, longest).toWellFormed() : ''
  return name === '' ? undefined : name
}

const told = ({ properties }: Fact, name: 'source' | 'campaign'): string | undefined => {
  const fields = isObject(properties.fields) ? properties.fields : {}
  for (const from of [properties, fields])
    for (const key of [`utm_${name}`, name]) {
      const found = Object.hasOwn(from, key) ? nameIn(from[key]) : undefined
      if (found !== undefined) return found
    }
  return undefined
}

interface Told {
  readonly source: string | undefined
  readonly campaign: string | undefined
  readonly at: number
}

const toldBy = (fact: Fact): readonly Told[] => {
  if (!telling.includes(fact.type)) return []
  const source = told(fact, 'source') ?? nameIn(fact.properties.referrer)
  const campaign = told(fact, 'campaign')
  return source === undefined && campaign === undefined
    ? []
    : [{ source, campaign, at: Date.parse(fact.occurredAt) }]
}

/** Pages of one visit carry its source again and again (ms). */
const sameVisit = 30 * 60_000

/** Every touch, oldest first; pages of one visit are one. @param facts those that count, in order. */
export const touchesOf = (facts: readonly Fact[]): readonly Touch[] => {
  const touches: Touch[] = []
  let last: Touch | undefined
  for (const { source = direct, campaign = null, at } of facts.flatMap(toldBy)) {
    const isNew = last?.source !== source || last.campaign !== campaign || at - last.at > sameVisit
    last = { source, campaign, at }
    if (isNew) touches.push(last)
  }
  return touches
}

/** The first touch that names a source; else the first that names a campaign; else `direct`. */
export const firstTouch = (touches: readonly Touch[]): Origin => {
  const { source, campaign } = touches.find((touch) => touch.source !== direct) ??
    touches[0] ?? { source: direct, campaign: null }
  return { source, campaign }
}

/** Models that share a purchase among the touches before it. `first` needs none: it is the lead's own source. */
export const sharingModels = ['last', 'linear', 'position', 'decay'] as const
export type SharingModel = (typeof sharingModels)[number]

/** In how many milliseconds before a purchase the weight of a touch halves in `decay`. */
const halfLife = 7 * 86_400_000

/** How finely the weights of `decay` are told apart. */
const finest = 2 ** 40

/** Whole-number weights of `count` touches. */
const weights = (model: SharingModel, touches: readonly Touch[]): readonly bigint[] => {
  const count = touches.length
  switch (model) {
    case 'last':
      return touches.map((_touch, index) => (index === count - 1 ? 1n : 0n))
    case 'linear':
      return touches.map(() => 1n)
    case 'position':
      // 40 % to the first and to the last, 20 % to those between; half each of two.
      return touches.map((_touch, index) =>
        count > 2 && (index === 0 || index === count - 1) ? 2n * BigInt(count - 2) : 1n,
      )
    case 'decay': {
      // Only how much older one is than another matters: from the latest, so that no weight vanishes before it.
      const latest = touches.at(-1)?.at ?? 0
      return touches.map(({ at }) => BigInt(Math.round(finest * 2 ** ((at - latest) / halfLife))))
    }
    default:
      return model satisfies never
  }
}

interface Share extends Origin {
  readonly weight: bigint
}

const compareOrigins = (a: Origin, b: Origin): number => {
  const [one, other] = [a, b].map(({ source, campaign }) => `${source}\n${campaign ?? ''}`)
  return (one ?? '') < (other ?? '') ? -1 : one === other ? 0 : 1
}

const byOrigin = (touches: readonly Touch[], weighed: readonly bigint[]): readonly Share[] => {
  const shares = new Map<string, Share>()
  for (const [index, { source, campaign }] of touches.entries()) {
    const key = JSON.stringify([source, campaign])
    const weight = (shares.get(key)?.weight ?? 0n) + (weighed[index] ?? 0n)
    shares.set(key, { source, campaign, weight })
  }
  return [...shares.values()].filter(({ weight }) => weight > 0n).toSorted(compareOrigins)
}

/**
 * Splits a whole number by the weights, so that the parts add up to it: what rounding down leaves goes to the largest remainders,
 * of equal ones to the first.
 */
export const apportion = (total: bigint, weighed: readonly bigint[]): readonly bigint[] => {
  const sum = weighed.reduce((all, weight) => all + weight, 0n)
  const parts = weighed.map((weight) => (total * weight) / sum)
  let left = total - parts.reduce((all, part) => all + part, 0n)
  const remainders = weighed.map((weight, index) => ({ index, rest: (total * weight) % sum }))
  for (const { index } of remainders.toSorted((a, b) => (a.rest > b.rest ? -1 : a.rest < b.rest ? 1 : 0))) {
    if (left === 0n) break
    parts[index] = (parts[index] ?? 0n) + 1n
    left -= 1n
  }
  return parts
}

interface Credit extends Origin {
  readonly amount: bigint
}

/**
 * Who is credited with a purchase.
 * @param amount in ten-thousandths. @param unit the smallest that the currency has, in ten-thousandths.
 * @param before touches up to the purchase, oldest first; none: `fallback` has all.
 */
export const creditsOf = (
  model: SharingModel,
  { amount, unit }: { readonly amount: bigint; readonly unit: bigint },
  before: readonly Touch[],
  fallback: Origin,
): readonly Credit[] => {
  const shares =
    before.length === 0 ? [{ ...fallback, weight: 1n }] : byOrigin(before, weights(model, before))
  const parts = apportion(
    amount / unit,
    shares.map(({ weight }) => weight),
  )
  return shares
    .map(({ source, campaign }, index) => ({ source, campaign, amount: (parts[index] ?? 0n) * unit }))
    .filter((credit) => credit.amount > 0n)
}
