export const stageIds = [
  'awareness',
  'interest',
  'consideration',
  'intent',
  'evaluation',
  'purchase',
] as const
export type StageId = (typeof stageIds)[number]

/** `funnel.yaml`: the six stages in their order; only the first has no `enter`. */
export interface FunnelRules {
  readonly stages: readonly StageRule[]
}

export interface StageRule {
  readonly id: StageId
  readonly goal: string
  readonly tactics: readonly string[]
  readonly metrics: readonly string[]
  /** CEL condition. */
  readonly enter?: string
}

/** 0 for awareness … 5 for purchase. */
export const stageRank = (stage: StageId): number => stageIds.indexOf(stage)
