/** `scoring.yaml`. Conditions and expressions are CEL source text; durations are milliseconds. */
export interface ScoringRules {
  readonly fit: readonly FitRule[]
  readonly engagement: readonly EngagementRule[]
  /** By id: what holds for several engagement rules together. */
  readonly groups?: Readonly<Record<string, ScoringGroup>>
  /** Over all engagement rules. */
  readonly cap?: Caps
  /** Band name to floor, ascending by floor. */
  readonly bands: readonly { readonly id: string; readonly floor: number }[]
  readonly grades?: GradeFloors
}

export interface FitRule {
  readonly id: string
  readonly when: string
  readonly points: number
  /** What salespeople read in place of the id, in each language. */
  readonly label?: Readonly<Record<string, string>>
  /** In place of `points` or nothing where the lead lacks an attribute that `when` mentions. */
  readonly unknown?: number
}

export interface EngagementRule {
  readonly id: string
  /** The activity type that it counts. */
  readonly on: string
  readonly where?: string
  /** A number, or an expression over the activity. */
  readonly points: number | string
  /** What salespeople read in place of the id, in each language. */
  readonly label?: Readonly<Record<string, string>>
  /** Points fade by half in each. */
  readonly halfLife?: number
  /** Points are worth what they were awarded until they are exactly this old, then nothing. Not beside `halfLife`. */
  readonly expires?: number
  readonly cap?: Caps
  readonly group?: string
  /** Once for each lead: the first matching activity alone counts. */
  readonly first?: boolean
  /** Of all awards the one that is worth most at the moment counts alone. */
  readonly max?: boolean
}

export interface ScoringGroup {
  readonly cap?: Caps
  /** Where several of its rules match one activity, the one that gives most counts alone. */
  readonly max?: boolean
}

/** At most so many points in any `per` (ms, reaching back), or in each calendar day of the company's time zone. */
export interface Cap {
  readonly points: number
  readonly per: number | 'day'
}

export type Caps = Cap | readonly Cap[]

/** From which fit on a lead is an A, a B and a C, and from which engagement on a 1, a 2 and a 3: descending. */
export interface GradeFloors {
  readonly fit?: readonly [number, number, number]
  readonly engagement?: readonly [number, number, number]
}
