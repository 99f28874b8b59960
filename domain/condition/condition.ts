import type { StageId } from '../funnel/funnel-rules.ts'
import type { Json } from '../json.ts'
import type { SalesPhase } from '../sales/sales-phases.ts'

/** What a condition can ask about a lead at one moment. Durations and instants are milliseconds. */
export interface ConditionContext {
  /** @returns the attribute's value, or undefined when the lead does not have it. */
  attribute(name: string): Json | undefined
  attributeNames(): readonly string[]
  /** Undefined where the condition may not know it: fit rules cannot ask for the score that they make. */
  score(): number | undefined
  fit(): number | undefined
  engagement(): number | undefined
  band(): string | undefined
  grade(): string | undefined
  stage(): StageId
  consented(): boolean
  /** Whether somebody has shown that they read what comes to the address. */
  confirmed(): boolean
  /** Whether some deal was won. */
  customer(): boolean
  /** Where the latest deal stands; empty without one. */
  phase(): SalesPhase | ''
  did(type: string, within?: number): boolean
  count(type: string, within?: number): number
  /** @returns days as a decimal since the last activity of that type; undefined when there was none. */
  daysSince(type: string): number | undefined
  opened(email: string): boolean
  clicked(email: string): boolean
  /** The activity at hand, in `where` alone: its properties and, as `activity.type`, its type. */
  readonly activity?:
    | { readonly type: string; readonly properties: Readonly<Record<string, Json>> }
    | undefined
}

/** A name in a condition, with the offset of its first character in the source. */
export interface Mention {
  readonly name: string
  readonly offset: number
}

/** Everything that a condition refers to by name. */
export interface Mentions {
  /** Variables: `lead`, `activity`, `score`, `stage`, … */
  readonly variables: readonly Mention[]
  /** Names after `lead.`. */
  readonly attributes: readonly Mention[]
  /** Names after `activity.`. */
  readonly properties: readonly Mention[]
  /** Activity types; `within` in milliseconds where a window is asked about. */
  readonly types: readonly (Mention & { readonly within?: number })[]
  readonly emails: readonly Mention[]
  /** Names that `stage`, `phase`, `band` and `grade` are compared with, and arguments of `stageAtLeast` and `phaseAtLeast`. */
  readonly stages: readonly Mention[]
  readonly phases: readonly Mention[]
  readonly bands: readonly Mention[]
  readonly grades: readonly Mention[]
}

/** A checked condition, ready to be asked as often as needed. Made by `compileCondition`. */
export interface Condition {
  readonly source: string
  readonly mentions: Mentions
  /** Present when no lead could change the answer. */
  readonly constant?: boolean
  /** Whether it holds a negation (`!` or `!=`): then a part that cannot be judged may make it true. */
  readonly negates: boolean
  readonly test: (context: ConditionContext) => boolean
}

/** @returns whether the condition is true of the lead; a part that needs what is not there is false. */
export const holds = (condition: Condition, context: ConditionContext): boolean => condition.test(context)
