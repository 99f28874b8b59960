import { compileCondition } from '../condition/compile-condition.ts'
import { type Condition, type ConditionContext, holds } from '../condition/condition.ts'
import type { ConditionKind } from '../condition/environment.ts'
import { scoreThresholdOf, withThreshold } from '../condition/score-threshold.ts'
import type { StageId } from '../model/deal.ts'
import type { HandoffRules } from '../model/handoff-rules.ts'
import type { Playbook } from '../model/playbook.ts'
import type { Sequence } from '../model/sequence.ts'
import { type CompiledScoring, compileScoring } from '../scoring/compile-scoring.ts'
import { usesOf } from '../step/step-kinds.ts'

/** Source of every condition about a lead (all but `where`) in the playbook. */
const leadConditions = ({
  scoring,
  funnel,
  handoff,
  sequences,
  segments = {},
}: Playbook): readonly string[] =>
  [
    ...scoring.fit.map(({ when }) => when),
    ...funnel.stages.map(({ enter }) => enter),
    handoff.qualify,
    ...Object.values(segments).map(({ where }) => where),
    ...handoff.route.map(({ when }) => when),
    ...(handoff.opening ?? []).map(({ when }) => when),
    ...Object.values(sequences).flatMap(({ enter, audience, exit, goal, program }) => [
      'when' in enter ? enter.when : undefined,
      audience,
      exit,
      goal,
      ...program.flatMap((step) => usesOf(step).conditions ?? []),
    ]),
  ].filter((source) => source !== undefined)

/**
 * Whether a goal counts as soon as an activity reaches it, rather than at the end of the wait: it must only depend on what the
 * lead has done outside of emails. Clicks may turn out to be automated, and points and stages with them; an absence may still
 * end.
 */
const isPromptGoal = ({ mentions, negates }: Pick<Condition, 'mentions' | 'negates'>): boolean =>
  !negates &&
  mentions.types.length > 0 &&
  mentions.types.every(({ name }) => !name.startsWith('email.')) &&
  mentions.emails.length === 0 &&
  mentions.stages.length === 0 &&
  mentions.phases.length === 0 &&
  mentions.variables.every(({ name }) => name === 'lead')

/** A playbook with compiled conditions, for functions that run once per fact. */
export interface Rules extends CompiledScoring {
  readonly playbook: Playbook
  /** A fit rule depends on more than attributes, so fit can change without new ones. */
  readonly fitAsksMore: boolean
  readonly stages: readonly { readonly id: StageId; readonly condition?: Condition }[]
  readonly qualify: Condition
  /** Holds for leads just below the threshold as well; undefined unless some of them are handed over by way of trial. */
  readonly explore: { readonly share: number; readonly condition: Condition } | undefined
  /** Activity types that start, resume or complete a sequence. */
  readonly followedTypes: ReadonlySet<string>
  /** Date attributes that sequences wait for: facts that set them are followed too. */
  readonly dateAttributes: ReadonlySet<string>
  /** Goals (source) that count as soon as an activity reaches them; its type is followed. */
  readonly promptGoals: ReadonlySet<string>
  /** Entry conditions of sequences. */
  readonly entries: readonly { readonly sequence: string; readonly condition: Condition }[]
  /** Activity types that conditions or rules mention. */
  readonly askedTypes: ReadonlySet<string>
  /** Longest window of any condition in milliseconds, by activity type. */
  readonly windows: ReadonlyMap<string, number>
  /** Evaluates a condition of this playbook by its source. @throws for an unknown source. */
  holds(source: string, context: ConditionContext): boolean
}

const compile = (source: string, kind: ConditionKind): Condition => {
  const compiled = compileCondition(source, kind)
  if (compiled.type === 'fault') throw new Error(`unchecked condition: ${source}: ${compiled.message}`)
  return compiled.condition
}

const asksMore = ({ mentions }: Condition): boolean =>
  mentions.variables.some(({ name }) => name !== 'lead') || mentions.types.length + mentions.emails.length > 0

const windowsOf = (conditions: Iterable<Pick<Condition, 'mentions'>>): ReadonlyMap<string, number> => {
  const windows = new Map<string, number>()
  for (const { mentions } of conditions) {
    for (const { name, within } of mentions.types) {
      if (within !== undefined) windows.set(name, Math.max(within, windows.get(name) ?? 0))
    }
  }
  return windows
}

const followedBy = ({ enter, program }: Sequence): readonly string[] => [
  ...('activity' in enter ? [enter.activity] : []),
  ...program.flatMap((step) => usesOf(step).activities ?? []),
]

/** Finds a condition by its source. @throws for an unknown source. */
const finderOf =
  (conditions: ReadonlyMap<string, Condition>) =>
  (source: string): Condition => {
    const condition = conditions.get(source)
    if (!condition) throw new Error(`not a condition of this playbook: ${source}`)
    return condition
  }

/** How far below the threshold a lead may be to be handed over by way of trial. */
const justBelow = 0.8

const exploreOf = ({ explore: share }: HandoffRules, qualify: Condition): Rules['explore'] => {
  const threshold = share === undefined ? undefined : scoreThresholdOf(qualify)
  if (share === undefined || threshold === undefined) return undefined
  const lower = Math.round(threshold.score * justBelow * 10) / 10
  return { share, condition: compile(withThreshold(qualify.source, threshold, lower), 'lead') }
}

/** Mentions of engagement rules, in conditions and in expressions for points. */
const askedBy = ({ engagement }: CompiledScoring): readonly Pick<Condition, 'mentions'>[] =>
  engagement.flatMap(({ condition, points }) => [
    ...(condition ? [condition] : []),
    ...(typeof points === 'number' ? [] : [points]),
  ])

/** @throws Error if a condition does not compile; checked playbooks do. */
export const compileRules = (playbook: Playbook): Rules => {
  const { settings, scoring, funnel, handoff } = playbook
  const sequences = Object.values(playbook.sequences)
  const conditions = new Map(leadConditions(playbook).map((source) => [source, compile(source, 'lead')]))
  const conditionOf = finderOf(conditions)
  const compiled = compileScoring(scoring, settings.timeZone, {
    lead: conditionOf,
    activity: (source) => compile(source, 'activity'),
  })
  const goals = sequences
    .flatMap(({ goal }) => (goal === undefined ? [] : conditionOf(goal)))
    .filter(isPromptGoal)
  const asking = [...conditions.values(), ...askedBy(compiled)]
  return {
    ...compiled,
    playbook,
    fitAsksMore: compiled.fit.some(({ condition }) => asksMore(condition)),
    stages: funnel.stages.map(({ id, enter }) =>
      enter === undefined ? { id } : { id, condition: conditionOf(enter) },
    ),
    qualify: conditionOf(handoff.qualify),
    explore: exploreOf(handoff, conditionOf(handoff.qualify)),
    followedTypes: new Set([
      ...sequences.flatMap(followedBy),
      ...goals.flatMap(({ mentions }) => mentions.types.map(({ name }) => name)),
    ]),
    dateAttributes: new Set(
      sequences.flatMap(({ program }) => program.flatMap((step) => usesOf(step).dates ?? [])),
    ),
    promptGoals: new Set(goals.map(({ source }) => source)),
    entries: sequences.flatMap(({ id, enter }) =>
      'when' in enter ? [{ sequence: id, condition: conditionOf(enter.when) }] : [],
    ),
    askedTypes: new Set([
      ...asking.flatMap(({ mentions }) => mentions.types.map(({ name }) => name)),
      ...compiled.engagementOn.keys(),
    ]),
    windows: windowsOf(asking),
    holds: (source, context) => holds(conditionOf(source), context),
  }
}
