/** `scoring.yaml`. Conditions and expressions are CEL source text; durations are milliseconds. */
export interface ScoringRules {
  readonly fit: readonly FitRule[]
  readonly engagement: readonly EngagementRule[]
  /** Limits shared by several engagement rules, by id. */
  readonly groups?: Readonly<Record<string, ScoringGroup>>
  /** Cap over all engagement rules. */
  readonly cap?: Caps
  /** Bands, ascending by floor. */
  readonly bands: readonly { readonly id: string; readonly floor: number }[]
  readonly grades?: GradeFloors
}

export interface FitRule {
  readonly id: string
  readonly when: string
  readonly points: number
  /** Name of the rule for salespeople, in each language. */
  readonly label?: Readonly<Record<string, string>>
  /** Points if the lead lacks an attribute that `when` mentions. */
  readonly unknown?: number
}

export interface EngagementRule {
  readonly id: string
  /** The activity type that the rule counts. */
  readonly on: string
  readonly where?: string
  /** A number, or an expression over the activity. */
  readonly points: number | string
  /** Name of the rule for salespeople, in each language. */
  readonly label?: Readonly<Record<string, string>>
  /** Points decay by half in this time. */
  readonly halfLife?: number
  /** Points keep their full value until exactly this age, then count nothing. Not with `halfLife`. */
  readonly expires?: number
  readonly cap?: Caps
  readonly group?: string
  /** Only the lead's first matching activity counts. */
  readonly first?: boolean
  /** Only the award currently worth most counts. */
  readonly max?: boolean
}

export interface ScoringGroup {
  readonly cap?: Caps
  /** If several rules of the group match an activity, only the one with the most points counts. */
  readonly max?: boolean
}

/** Most points in any `per` (ms, looking back), or per calendar day in the company's time zone. */
export interface Cap {
  readonly points: number
  readonly per: number | 'day'
}

export type Caps = Cap | readonly Cap[]

/** Lowest fit for grades A, B and C, and lowest engagement for 1, 2 and 3: descending. */
export interface GradeFloors {
  readonly fit?: readonly [number, number, number]
  readonly engagement?: readonly [number, number, number]
}
