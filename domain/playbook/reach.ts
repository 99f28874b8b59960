import { compileCondition, compileNumber, farthestNumber } from '../condition/compile-condition.ts'
import { valueless } from '../condition/missing-parts.ts'
import { type StageId, stageIds, stageRank } from '../model/deal.ts'
import { rawAt, rawEntries, rawList, rawText } from '../model/raw.ts'
import { countingOptions, optionKeys } from '../scoring/counting-options.ts'
import { stepLists } from './check-sequence.ts'
import {
  alwaysHolds,
  anyText,
  type Contradiction,
  contradictionIn,
  numbers,
  texts,
  type World,
} from './contradictions.ts'
import type { Fault } from './fault.ts'
import { type Finding, faultFindings, unknownNames } from './faults.ts'
import type { Names } from './names.ts'
import type { YamlFile, YamlPath } from './yaml-file.ts'

/** Minimum and maximum. */
interface Bounds {
  readonly min: number
  readonly max: number
}

const unbounded: Bounds = { min: Number.NEGATIVE_INFINITY, max: Number.POSITIVE_INFINITY }

const between = (...numbers: readonly number[]): Bounds => ({
  min: Math.min(...numbers),
  max: Math.max(...numbers),
})

const sumOf = (bounds: readonly Bounds[]): Bounds =>
  bounds.reduce((total, { min, max }) => ({ min: total.min + min, max: total.max + max }), { min: 0, max: 0 })

/** Multiplies both bounds; 0 times infinity is 0. */
const times = ({ min, max }: Bounds, factor: number): Bounds => ({
  min: min === 0 ? 0 : min * factor,
  max: max === 0 ? 0 : max * factor,
})

const oneAward = (points: unknown): Bounds => {
  if (typeof points === 'number') return between(0, points)
  return typeof points === 'string' ? between(-farthestNumber, farthestNumber) : unbounded
}

/** Possible total of an engagement rule's awards; unbounded if it counts repeatedly. */
const engagementRule = (rule: unknown): Bounds => {
  const award = oneAward(rawAt(rule, 'points'))
  const countsOnce = optionKeys.some((key) => countingOptions[key].once && rawAt(rule, key) === true)
  return countsOnce ? award : times(award, Number.POSITIVE_INFINITY)
}

/** Possible scores under a playbook's rules, and the bands within reach. */
export interface ScoreBounds {
  readonly fit: Bounds
  readonly engagement: Bounds
  /** Undefined if the bands are unknown. */
  readonly bands: readonly string[] | undefined
}

/** For an invalid `scoring.yaml`: everything is possible. */
export const unknownBounds: ScoreBounds = { fit: unbounded, engagement: unbounded, bands: undefined }

const fitRule = (rule: unknown): Bounds => {
  const [points, other] = [rawAt(rule, 'points'), rawAt(rule, 'unknown') ?? 0]
  return typeof points === 'number' && typeof other === 'number' ? between(0, points, other) : unbounded
}

/** @param scoring `scoring.yaml` as plain data; if unreadable, everything is possible. */
export const scoreBounds = (scoring: unknown): ScoreBounds => {
  const total = (key: string, worth: (rule: unknown) => Bounds): Bounds =>
    Array.isArray(rawAt(scoring, key)) ? sumOf(rawList(scoring, key).map(worth)) : unbounded
  const fit = total('fit', fitRule)
  const engagement = total('engagement', engagementRule)
  const bands = rawEntries(scoring, 'bands')
    .filter(([, floor]) => typeof floor !== 'number' || floor <= fit.max + engagement.max)
    .map(([band]) => band)
  return { fit, engagement, bands }
}

const worldOf = (stages: readonly StageId[], { fit, engagement, bands }: ScoreBounds): World =>
  new Map([
    ['stage', texts(stages)],
    ['band', bands === undefined ? anyText : texts(bands)],
    ['score', numbers(0, fit.max + engagement.max)],
    ['fit', numbers(fit.min, fit.max)],
    ['engagement', numbers(engagement.min, engagement.max)],
  ])

const inPoints = (points: number): string => String(Math.round(points * 1000) / 1000)

const because = ({ about, byWorld }: Contradiction, bounds: ScoreBounds, before: string): string => {
  const most: Readonly<Record<string, number>> = {
    score: bounds.fit.max + bounds.engagement.max,
    band: bounds.fit.max + bounds.engagement.max,
    fit: bounds.fit.max,
    engagement: bounds.engagement.max,
  }
  const limit = most[about]
  if (byWorld && limit !== undefined && Number.isFinite(limit))
    return `the rules allow a ${about === 'band' ? 'score' : about} of at most ${inPoints(limit)}`
  if (byWorld && about === 'stage') return before
  return byWorld
    ? `no value of ${about} fulfils this`
    : `this contradicts what the condition asks of ${about} elsewhere`
}

/** Why a condition never holds, with the position. */
interface NeverHolds {
  readonly message: string
  readonly offset: number
}

const why = (
  source: string,
  stages: readonly StageId[],
  bounds: ScoreBounds,
  before: string,
): NeverHolds | undefined => {
  const result = compileCondition(source, 'lead')
  if (result.type === 'fault') return undefined
  if (result.condition.constant === false) return { message: 'its condition is always false', offset: 0 }
  const contradiction = contradictionIn(source, worldOf(stages, bounds))
  return contradiction && { message: because(contradiction, bounds, before), offset: contradiction.offset }
}

/** Checks a stage's condition for a lead in any earlier stage. @returns undefined if it can be reached, or has other faults. */
export const whyUnreachable = (source: string, stage: StageId, bounds: ScoreBounds): NeverHolds | undefined =>
  why(
    source,
    stageIds.slice(0, stageRank(stage)),
    bounds,
    `a lead that enters "${stage}" is in a stage before it`,
  )

/** The first stage in which a condition that compiles may hold; undefined if there is none, or it does not depend on stages. */
export const firstStageFor = (source: string, bounds: ScoreBounds): StageId | undefined => {
  if (compileCondition(source, 'lead').type === 'fault') return undefined
  const first = stageIds.findIndex((stage) => contradictionIn(source, worldOf([stage], bounds)) === undefined)
  return first > 0 ? stageIds[first] : undefined
}

/** Possible values in any stage. */
const everywhere = (bounds: ScoreBounds): World => worldOf(stageIds, bounds)

/** Why a condition that compiles is constant, if it is. */
export const whyDecided = (
  source: string,
  constant: boolean | undefined,
  bounds: ScoreBounds,
): { readonly always: boolean; readonly message: string; readonly offset?: number } | undefined => {
  if (constant !== undefined) return { always: constant, message: `this condition is always ${constant}` }
  if (alwaysHolds(source, everywhere(bounds)))
    return { always: true, message: 'this condition is always true' }
  const contradiction = contradictionIn(source, everywhere(bounds))
  return contradiction === undefined
    ? undefined
    : {
        always: false,
        message: `this condition is always false: ${because(contradiction, bounds, 'no stage fulfils this')}`,
        offset: contradiction.offset,
      }
}

/** Why a condition never holds in any stage, if so. */
export const whyNever = (source: string, bounds: ScoreBounds): NeverHolds | undefined =>
  why(source, stageIds, bounds, 'no stage fulfils this')

/** Steps after the end are unreachable. */
const afterExit = (yaml: YamlFile, path: YamlPath): readonly Fault[] => {
  const steps = rawList(yaml.root, ...path)
  const end = steps.findIndex((step) => rawAt(step, 'exit') === true || rawText(step, 'exit') !== undefined)
  if (end < 0 || end + 1 >= steps.length) return []
  return [
    yaml.fault([...path, end + 1], 'unreachable: the "exit" before it ends the sequence', {
      severity: 'warning',
    }),
  ]
}

/** In one list without a branch in between, everybody gets both. */
const repeatedEmails = (yaml: YamlFile, path: YamlPath): readonly Fault[] => {
  const emails = rawList(yaml.root, ...path).map((step) => rawText(step, 'email'))
  return emails.flatMap((email, index) =>
    email !== undefined && emails.indexOf(email) < index
      ? [
          yaml.fault([...path, index, 'email'], `everybody here gets "${email}" a second time`, {
            severity: 'warning',
          }),
        ]
      : [],
  )
}

/** Conditions on emails that the sequence does not send; unknown emails are reported elsewhere. */
const foreignEmails = (yaml: YamlFile, path: YamlPath, others: ReadonlySet<string>): readonly Fault[] =>
  rawList(yaml.root, ...path).flatMap((step, index) => {
    const condition = rawText(step, 'if')
    const compiled = condition === undefined ? undefined : compileCondition(condition, 'lead')
    if (compiled?.type !== 'condition') return []
    return compiled.condition.mentions.emails
      .filter(({ name }) => others.has(name))
      .map(({ name, offset }) =>
        yaml.fault(
          [...path, index, 'if'],
          `this sequence does not send "${name}": only recipients in another one can have clicked`,
          {
            offset,
            severity: 'warning',
          },
        ),
      )
  })

/** Unreachable steps and repeated emails of a sequence. @param known emails of the playbook. */
export const checkReach = (yaml: YamlFile, known: readonly string[]): readonly Fault[] => {
  const lists = stepLists(yaml)
  const own = new Set(
    lists.flatMap((path) =>
      rawList(yaml.root, ...path).flatMap(
        (step) => rawText(step, 'email') ?? rawText(step, 'split', 'email') ?? [],
      ),
    ),
  )
  const others = new Set(known.filter((email) => !own.has(email)))
  return lists.flatMap((path) => [
    ...afterExit(yaml, path),
    ...repeatedEmails(yaml, path),
    ...foreignEmails(yaml, path, others),
  ])
}

/** Faults of an expression for points: of its syntax and types, or else of its names. */
export const checkPoints = (source: string, names: Names): readonly Finding[] => {
  const result = compileNumber(source, 'activity')
  switch (result.type) {
    case 'fault':
      return faultFindings(source, 'activity', result, names)
    case 'number':
      return [...valueless(source), ...unknownNames(result.number.mentions, names)]
    default:
      return result satisfies never
  }
}
