import type { z } from 'zod'
import type { Caps, EngagementRule } from '../model/scoring-rules.ts'
import type { DayStart, Window } from './awards.ts'

/** Options of an engagement rule about counting. */
export type OptionKey = Exclude<keyof EngagementRule, 'id' | 'on' | 'where' | 'points' | 'label'>

type OptionValue<Key extends OptionKey> = NonNullable<EngagementRule[Key]>

/** A counting option of rules. One file each, listed in `counting-options.ts`; see docs/how-to/add-a-scoring-option.md. */
export interface CountingOption<Key extends OptionKey> {
  /** Its schema in `scoring.yaml`. */
  schema(yaml: OptionSchemas): z.ZodType<OptionValue<Key>>
  /** Options that cannot be combined with it, with the reason; reported at the other one. */
  readonly excludes: { readonly [Other in OptionKey]?: string }
  /** At most one award counts, which bounds the rule's points. */
  readonly once: boolean
  /** Awards are stored individually, rather than as one sum. */
  readonly apart: boolean
  /**
   * Why an activity gives nothing, whatever it is: it uses up no turn of a rule that counts once, as `limit` does.
   * @param before whether the rule has given anything before.
   */
  readonly refuses: ((before: boolean) => string | undefined) | undefined
  /** Limits the points for an activity. */
  readonly limit: Limit<OptionValue<Key>> | undefined
  /** How awards decay. */
  readonly decay: Decay<OptionValue<Key>> | undefined
}

/** Schemas for options. Passed in, so that only code that reads playbooks bundles schemas. */
export interface OptionSchemas {
  readonly z: typeof z
  readonly id: z.ZodString
  /** In milliseconds. */
  readonly duration: z.ZodType<number, string>
  caps(over: string): z.ZodType<Caps>
}

/** The moment, and the rule's awards. */
export interface Asked {
  /** Ms since the epoch. */
  readonly now: number
  readonly dayStart: DayStart
  /** Awards that count towards caps. */
  readonly window: Window
}

interface Limit<Value> {
  /** Created once per rule, as it runs for every activity. */
  left(value: Value): (points: number, asked: Asked) => number
  /** Reason shown if no points are left. */
  readonly reason: string
}

interface Decay<Value> {
  /** Created once per rule. `age` is in ms. */
  worth(value: Value): (points: number, age: number) => number
  /** Age in ms at which nothing is left. */
  lasts(value: Value): number
  /** At once, rather than gradually. */
  readonly sudden: boolean
}
