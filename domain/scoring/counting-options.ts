import type { EngagementRule } from '../model/scoring-rules.ts'
import type { Asked, CountingOption, OptionKey, OptionSchemas } from './counting-option.ts'
import { cap } from './options/cap.ts'
import { expires } from './options/expires.ts'
import { first } from './options/first.ts'
import { group } from './options/group.ts'
import { halfLife } from './options/half-life.ts'
import { max } from './options/max.ts'

/** Every counting option. A missing or incomplete one does not compile. */
export const countingOptions: { readonly [Key in OptionKey]: CountingOption<Key> } = {
  halfLife,
  expires,
  cap,
  group,
  first,
  max,
}

/** For the schema of a rule: all are optional. */
export const optionShapes = (yaml: OptionSchemas) => ({
  halfLife: halfLife.schema(yaml).exactOptional(),
  expires: expires.schema(yaml).exactOptional(),
  cap: cap.schema(yaml).exactOptional(),
  group: group.schema(yaml).exactOptional(),
  first: first.schema(yaml).exactOptional(),
  max: max.schema(yaml).exactOptional(),
})

/** How the awards of one rule count. */
export interface Counting {
  /** Awards are stored individually. */
  readonly apart: boolean
  readonly refusals: readonly ((before: boolean) => string | undefined)[]
  readonly limits: readonly {
    left(points: number, asked: Asked): number
    readonly reason: string
  }[]
  readonly decay: ((points: number, age: number) => number) | undefined
  /** Age in ms at which decaying awards are worth nothing; 0 without decay. */
  readonly fades: number
  /** Age in ms at which an award expires. */
  readonly expires: number | undefined
}

const isOption = (key: string): key is OptionKey => Object.hasOwn(countingOptions, key)
export const optionKeys: readonly OptionKey[] = Object.keys(countingOptions).filter(isOption)

interface Part extends Pick<Counting, 'apart' | 'refusals' | 'limits' | 'decay'> {
  readonly lasts: number
  readonly sudden: boolean
}

const partOf = <Key extends OptionKey>(key: Key, rule: Pick<EngagementRule, Key>): readonly Part[] => {
  const option: CountingOption<Key> = countingOptions[key]
  const value = rule[key]
  if (value === undefined || value === false) return []
  const { apart, refuses, limit, decay } = option
  return [
    {
      apart,
      refusals: refuses ? [refuses] : [],
      limits: limit ? [{ left: limit.left(value), reason: limit.reason }] : [],
      decay: decay?.worth(value),
      lasts: decay?.lasts(value) ?? 0,
      sudden: decay?.sudden ?? false,
    },
  ]
}

/** Applies both. */
const bothOf = (one: Counting['decay'], other: Counting['decay']): Counting['decay'] =>
  one && other ? (points, age) => other(one(points, age), age) : (one ?? other)

/** A rule's counting options, compiled. */
export const countingOf = (rule: EngagementRule): Counting => {
  const parts = optionKeys.flatMap((key) => partOf(key, rule))
  const sudden = parts.filter((part) => part.sudden).map(({ lasts }) => lasts)
  return {
    apart: parts.some(({ apart }) => apart),
    refusals: parts.flatMap(({ refusals }) => refusals),
    limits: parts.flatMap(({ limits }) => limits),
    decay: parts.map(({ decay }) => decay).reduce(bothOf, undefined),
    fades: Math.max(0, ...parts.filter((part) => !part.sudden).map(({ lasts }) => lasts)),
    expires: sudden.length > 0 ? Math.min(...sudden) : undefined,
  }
}
