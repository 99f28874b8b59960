/** `scoring.yaml`. Conditions are CEL source text; durations are milliseconds. */
export interface ScoringRules {
  readonly fit: readonly FitRule[]
  readonly engagement: readonly EngagementRule[]
  /** Band name to floor, ascending by floor. */
  readonly bands: readonly { readonly id: string; readonly floor: number }[]
}

export interface FitRule {
  readonly id: string
  readonly when: string
  readonly points: number
}

export interface EngagementRule {
  readonly id: string
  /** The activity type that it counts. */
  readonly on: string
  readonly where?: string
  readonly points: number
  readonly halfLife?: number
  readonly cap?: { readonly points: number; readonly per: number }
}
