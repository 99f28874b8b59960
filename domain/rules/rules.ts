import { compileCondition } from '../condition/compile-condition.ts'
import { type Condition, type ConditionContext, holds } from '../condition/condition.ts'
import type { ConditionKind } from '../condition/environment.ts'
import type { StageId } from '../model/deal.ts'
import type { Playbook } from '../model/playbook.ts'
import type { Sequence } from '../model/sequence.ts'
import { type CompiledScoring, compileScoring } from '../scoring/compile-scoring.ts'
import { usesOf } from '../step/step-kinds.ts'

/** The source text of every condition about a lead (all but `where`), wherever in the playbook it stands. */
const leadConditions = ({ scoring, funnel, handoff, sequences }: Playbook): readonly string[] =>
  [
    ...scoring.fit.map(({ when }) => when),
    ...funnel.stages.map(({ enter }) => enter),
    handoff.qualify,
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
 * Whether a goal counts as soon as an activity reaches it, rather than when the wait is over in which that happens: it asks
 * only for what the lead did outside of emails, and is. Clicks may prove to be a robot's, and points and stages with them;
 * what has not been done may be done yet.
 */
const isPromptGoal = ({ mentions, negates }: Pick<Condition, 'mentions' | 'negates'>): boolean =>
  !negates &&
  mentions.types.length > 0 &&
  mentions.types.every(({ name }) => !name.startsWith('email.')) &&
  mentions.emails.length === 0 &&
  mentions.stages.length === 0 &&
  mentions.phases.length === 0 &&
  mentions.variables.every(({ name }) => name === 'lead')

/** A playbook with all of its conditions compiled, for the functions that run once for every fact. */
export interface Rules extends CompiledScoring {
  readonly playbook: Playbook
  /** Some fit rule asks for more than attributes, so that fit can change without a new one. */
  readonly fitAsksMore: boolean
  readonly stages: readonly { readonly id: StageId; readonly condition?: Condition }[]
  readonly qualify: Condition
  /** Activity types that some sequence begins with or waits for, or that reaches its goal. */
  readonly followedTypes: ReadonlySet<string>
  /** Attributes that some sequence waits for the date of: what tells one of them is followed as well. */
  readonly dateAttributes: ReadonlySet<string>
  /** Goals (source text) that count as soon as an activity reaches them; its type is followed. */
  readonly promptGoals: ReadonlySet<string>
  /** Conditions that sequences begin with. */
  readonly entries: readonly { readonly sequence: string; readonly condition: Condition }[]
  /** Activity types that some condition or rule asks for. */
  readonly askedTypes: ReadonlySet<string>
  /** By activity type: the longest window that any condition asks about, in milliseconds. */
  readonly windows: ReadonlyMap<string, number>
  /** Whether a condition of this playbook (its source text) is true. @throws for a text that is not in the playbook. */
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

/** Finds a condition by its source text. @throws for a text that is not in the playbook. */
const finderOf =
  (conditions: ReadonlyMap<string, Condition>) =>
  (source: string): Condition => {
    const condition = conditions.get(source)
    if (!condition) throw new Error(`not a condition of this playbook: ${source}`)
    return condition
  }

/** What engagement rules ask about: in their conditions, and to compute their points. */
const askedBy = ({ engagement }: CompiledScoring): readonly Pick<Condition, 'mentions'>[] =>
  engagement.flatMap(({ condition, points }) => [
    ...(condition ? [condition] : []),
    ...(typeof points === 'number' ? [] : [points]),
  ])

/** @throws Error when a condition does not compile: a playbook is checked before it becomes one. */
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
