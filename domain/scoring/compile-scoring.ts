import { compileNumber, type NumberExpression } from '../condition/compile-condition.ts'
import type { Condition } from '../condition/condition.ts'
import type { Cap, EngagementRule, FitRule, GradeFloors, ScoringRules } from '../model/scoring-rules.ts'
import { dayStarts } from '../time/local-time.ts'
import { type DayStart, highestFloor, mostFit } from './awards.ts'
import { type Counting, countingOf } from './counting-options.ts'
import { listOf } from './options/cap.ts'

export interface CompiledFitRule extends FitRule {
  readonly condition: Condition
}

/** Caps of a group, or of all rules. */
interface SharedCaps {
  readonly key: string
  readonly caps: readonly Cap[]
}

export interface CompiledEngagementRule extends Counting {
  readonly id: string
  readonly on: string
  readonly condition: Condition | undefined
  readonly points: number | NumberExpression
  readonly first: boolean
  readonly max: boolean
  readonly caps: readonly Cap[]
  readonly shared: readonly SharedCaps[]
  /** The group in which only one rule counts per activity. */
  readonly exclusiveGroup: string | undefined
}

/** `scoring.yaml`, ready to run. */
export interface CompiledScoring {
  readonly fit: readonly CompiledFitRule[]
  readonly engagement: readonly CompiledEngagementRule[]
  /** Indexes into `engagement` by activity type, in the playbook's order. */
  readonly engagementOn: ReadonlyMap<string, readonly number[]>
  /** Start of a calendar day in the company's time zone. */
  readonly dayStart: DayStart
  /** Scale of grades. */
  readonly mostFit: number
  readonly highestFloor: number
  readonly gradeFloors: GradeFloors
}

/** Compiles conditions. @throws for an invalid source. */
interface ConditionCompilers {
  lead(source: string): Condition
  activity(source: string): Condition
}

/** No group can have this id. */
const overAll = '*'

const pointsOf = (points: number | string): number | NumberExpression => {
  if (typeof points === 'number') return points
  const result = compileNumber(points, 'activity')
  if (result.type === 'fault') throw new Error(`unchecked points: ${points}: ${result.message}`)
  return result.number
}

const sharedCaps = ({ cap, groups = {} }: ScoringRules, group: string | undefined): readonly SharedCaps[] =>
  [
    { key: group ?? overAll, caps: listOf(group === undefined ? undefined : groups[group]?.cap) },
    { key: overAll, caps: listOf(cap) },
  ].filter(({ caps }) => caps.length > 0)

const compileRule = (
  rule: EngagementRule,
  scoring: ScoringRules,
  compile: ConditionCompilers,
): CompiledEngagementRule => ({
  id: rule.id,
  on: rule.on,
  condition: rule.where === undefined ? undefined : compile.activity(rule.where),
  points: pointsOf(rule.points),
  ...countingOf(rule),
  first: rule.first ?? false,
  max: rule.max ?? false,
  caps: listOf(rule.cap),
  shared: sharedCaps(scoring, rule.group),
  exclusiveGroup: rule.group !== undefined && scoring.groups?.[rule.group]?.max ? rule.group : undefined,
})

/** @param timeZone IANA, for `per: day`. @throws for an invalid expression; checked playbooks have none. */
export const compileScoring = (
  scoring: ScoringRules,
  timeZone: string,
  compile: ConditionCompilers,
): CompiledScoring => {
  const engagement = scoring.engagement.map((rule) => compileRule(rule, scoring, compile))
  return {
    fit: scoring.fit.map((rule) => ({ ...rule, condition: compile.lead(rule.when) })),
    engagement,
    engagementOn: Map.groupBy(engagement.keys(), (index) => engagement[index]?.on ?? ''),
    dayStart: dayStarts(timeZone),
    mostFit: mostFit(scoring),
    highestFloor: highestFloor(scoring),
    gradeFloors: scoring.grades ?? {},
  }
}
