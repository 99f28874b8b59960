import type { z } from 'zod'
import type { Caps, EngagementRule } from '../model/scoring-rules.ts'
import type { DayStart, Window } from './awards.ts'

/** What an engagement rule may say of how its awards count. */
export type OptionKey = Exclude<keyof EngagementRule, 'id' | 'on' | 'where' | 'points' | 'label'>

type OptionValue<Key extends OptionKey> = NonNullable<EngagementRule[Key]>

/**
 * All about one way in which a rule's awards count. One file for each, listed in `counting-options.ts`;
 * docs/how-to/add-a-scoring-option.md leads through a new one.
 */
export interface CountingOption<Key extends OptionKey> {
  /** How `scoring.yaml` says it. */
  schema(yaml: OptionSchemas): z.ZodType<OptionValue<Key>>
  /** Options that make no sense beside it, and why: told at the other one. */
  readonly excludes: { readonly [Other in OptionKey]?: string }
  /** One award counts at most, so that the rule's points are bounded. */
  readonly once: boolean
  /** Awards are kept one by one, rather than as one sum. */
  readonly apart: boolean
  /**
   * Why an activity gives nothing, whatever it is: it uses up no turn of a rule that counts once, as `limit` does.
   * @param before whether the rule has given anything before.
   */
  readonly refuses: ((before: boolean) => string | undefined) | undefined
  /** How much of the points for an activity is left. */
  readonly limit: Limit<OptionValue<Key>> | undefined
  /** How awards lose their worth. */
  readonly decay: Decay<OptionValue<Key>> | undefined
}

/** What the YAML of an option is made of. Handed in, so that only what reads playbooks carries schemas. */
export interface OptionSchemas {
  readonly z: typeof z
  readonly id: z.ZodString
  /** In milliseconds. */
  readonly duration: z.ZodType<number, string>
  caps(over: string): z.ZodType<Caps>
}

/** When points are asked for, and what the rule has awarded. */
export interface Asked {
  /** Ms since the epoch. */
  readonly now: number
  readonly dayStart: DayStart
  /** Awards that count against caps. */
  readonly window: Window
}

interface Limit<Value> {
  /** Made once for each rule, as it runs for every activity. */
  left(value: Value): (points: number, asked: Asked) => number
  /** Told where nothing is left. */
  readonly reason: string
}

interface Decay<Value> {
  /** Made once for each rule. `age` is in ms. */
  worth(value: Value): (points: number, age: number) => number
  /** In ms: by then all has come to nothing. */
  lasts(value: Value): number
  /** All at once, rather than bit by bit. */
  readonly sudden: boolean
}
