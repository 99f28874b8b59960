import { compileCondition, compileNumber, farthestNumber } from '../condition/compile-condition.ts'
import { valueless } from '../condition/unmet-parts.ts'
import { type StageId, stageIds, stageRank } from '../model/deal.ts'
import { rawAt, rawEntries, rawList, rawText } from '../model/raw.ts'
import { awardsLimit } from '../scoring/awards.ts'
import { parseDuration } from '../time/local-time.ts'
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

/** The least and the most that a number can be. */
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

/** Each bound so many times over; 0 times is 0, infinity times 0 as well. */
const times = ({ min, max }: Bounds, factor: number): Bounds => ({
  min: min === 0 ? 0 : min * factor,
  max: max === 0 ? 0 : max * factor,
})

const within = (a: Bounds, b: Bounds): Bounds => ({
  min: Math.max(a.min, b.min),
  max: Math.min(a.max, b.max),
})

/** How fast points lose their worth, in ms. */
interface Decay {
  readonly halfLife?: number
  readonly expires?: number
}

const durationAt = (rule: unknown, key: string): number | undefined => parseDuration(rawText(rule, key) ?? '')

/** The longest half-life and the longest expiry of rules that have one; undefined when none of them has. */
const slowest = (rules: readonly unknown[]): Decay | undefined => {
  const longest = (key: string): number =>
    rules.reduce<number>((most, rule) => Math.max(most, durationAt(rule, key) ?? 0), 0)
  const [halfLife, expires] = [longest('halfLife'), longest('expires')]
  if (halfLife === 0 && expires === 0) return undefined
  return { ...(halfLife > 0 ? { halfLife } : {}), ...(expires > 0 ? { expires } : {}) }
}

/** The shortest calendar day has 23 hours; a part of one more stands at either end. */
const shortestDay = 23 * 3_600_000

/**
 * How many times a cap's points can be worth something at once. Under fading points each earlier window is worth at most
 * the cap, faded by its age: a geometric series. Where points expire, as many windows count as begin within that time.
 */
const windowsAlive = (per: number | 'day', { halfLife, expires }: Decay): number => {
  const [length, more] = per === 'day' ? [shortestDay, 1] : [per, 0]
  const fading = halfLife === undefined ? 0 : 1 / (1 - 2 ** (-length / halfLife)) + more
  const expiring = expires === undefined ? 0 : Math.ceil(expires / length) + more
  return fading + expiring
}

const oneCap = (cap: unknown, decay: Decay): Bounds => {
  const points = rawAt(cap, 'points')
  const written = rawText(cap, 'per') ?? ''
  const per = written === 'day' ? written : parseDuration(written)
  if (typeof points !== 'number' || per === undefined) return unbounded
  const most = points * windowsAlive(per, decay)
  return { min: -most, max: most }
}

/** What awards that fade or expire can be worth together under caps; without such a decay nothing bounds them. */
const capBounds = (caps: unknown, decay: Decay | undefined): Bounds => {
  if (decay === undefined || caps === undefined) return unbounded
  const list: readonly unknown[] = Array.isArray(caps) ? caps : [caps]
  return list.map((cap) => oneCap(cap, decay)).reduce(within, unbounded)
}

const oneAward = (points: unknown): Bounds => {
  if (typeof points === 'number') return between(0, points)
  return typeof points === 'string' ? between(-farthestNumber, farthestNumber) : unbounded
}

/** What one engagement rule's awards can be worth together. */
const worthBounds = (rule: unknown): Bounds => {
  const award = oneAward(rawAt(rule, 'points'))
  if (rawAt(rule, 'first') === true || rawAt(rule, 'max') === true) return award
  const alive = durationAt(rule, 'expires') === undefined ? Number.POSITIVE_INFINITY : awardsLimit
  return within(times(award, alive), capBounds(rawAt(rule, 'cap'), slowest([rule])))
}

/** The least and the most that a playbook's rules can ever give, and the bands within reach. */
export interface ScoreBounds {
  readonly fit: Bounds
  readonly engagement: Bounds
  /** Undefined where it is not known which there are. */
  readonly bands: readonly string[] | undefined
}

/** Where `scoring.yaml` is wrong itself, nothing is out of reach. */
export const unknownBounds: ScoreBounds = { fit: unbounded, engagement: unbounded, bands: undefined }

const fitRule = (rule: unknown): Bounds => {
  const [points, other] = [rawAt(rule, 'points'), rawAt(rule, 'unknown') ?? 0]
  return typeof points === 'number' && typeof other === 'number' ? between(0, points, other) : unbounded
}

/** Under shared caps those that fade or expire cannot come to more than the caps let through; the others add up. */
const together = (rules: readonly unknown[], caps: unknown, own: (rule: unknown) => Bounds): Bounds => {
  const all = sumOf(rules.map(own))
  if (caps === undefined) return all
  const decays = rules.map((rule): readonly [unknown, Decay | undefined] => [rule, slowest([rule])])
  const lasting = decays.filter(([, decay]) => decay === undefined).map(([rule]) => own(rule))
  const passing = capBounds(caps, slowest(rules))
  const capped = sumOf([...lasting, passing])
  return { min: Math.max(all.min, capped.min), max: Math.min(all.max, capped.max) }
}

const engagementOf = (scoring: unknown): Bounds => {
  const rules = rawList(scoring, 'engagement')
  const groups = rawEntries(scoring, 'groups')
  const isIn = (rule: unknown, group: string): boolean => rawText(rule, 'group') === group
  const free = rules.filter((rule) => !groups.some(([group]) => isIn(rule, group)))
  const grouped = groups.map(([id, group]) =>
    together(
      rules.filter((rule) => isIn(rule, id)),
      rawAt(group, 'cap'),
      worthBounds,
    ),
  )
  const sum = sumOf([...free.map(worthBounds), ...grouped])
  const total = together(rules, rawAt(scoring, 'cap'), worthBounds)
  return { min: Math.max(sum.min, total.min), max: Math.min(sum.max, total.max) }
}

/** @param scoring `scoring.yaml` as plain data; where it cannot be read, nothing is out of reach. */
export const scoreBounds = (scoring: unknown): ScoreBounds => {
  const rules = (key: string): boolean => Array.isArray(rawAt(scoring, key))
  const fit = rules('fit') ? sumOf(rawList(scoring, 'fit').map(fitRule)) : unbounded
  const engagement = rules('engagement') ? engagementOf(scoring) : unbounded
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
    return `the rules give a ${about === 'band' ? 'score' : about} of at most ${inPoints(limit)}`
  if (byWorld && about === 'stage') return before
  return byWorld
    ? `no value of ${about} fulfils this`
    : `this contradicts what the condition asks of ${about} elsewhere`
}

/** Why a condition can never hold, and where in it that shows. */
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

/** Judged for a lead in any of the stages before. @returns undefined when it can be reached, or the condition has other faults. */
export const whyUnreachable = (source: string, stage: StageId, bounds: ScoreBounds): NeverHolds | undefined =>
  why(
    source,
    stageIds.slice(0, stageRank(stage)),
    bounds,
    `a lead that enters "${stage}" is in a stage before it`,
  )

/** The first stage in which a condition that compiles may hold; undefined when it holds in none, or says nothing of stages. */
export const firstStageFor = (source: string, bounds: ScoreBounds): StageId | undefined => {
  if (compileCondition(source, 'lead').type === 'fault') return undefined
  const first = stageIds.findIndex((stage) => contradictionIn(source, worldOf([stage], bounds)) === undefined)
  return first > 0 ? stageIds[first] : undefined
}

/** What every lead sees, whatever its stage. */
const everywhere = (bounds: ScoreBounds): World => worldOf(stageIds, bounds)

/** Whether a condition that compiles can only ever be true, or only false: then it says nothing. */
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

/** The same for a condition that is asked in every stage. */
export const whyNever = (source: string, bounds: ScoreBounds): NeverHolds | undefined =>
  why(source, stageIds, bounds, 'no stage fulfils this')

/** Every list of steps, however deep it stands. */
const stepLists = (yaml: YamlFile, path: YamlPath): readonly YamlPath[] =>
  rawAt(yaml.root, ...path) === undefined
    ? []
    : [
        path,
        ...rawList(yaml.root, ...path).flatMap((step, index) => {
          const at = [...path, index]
          return [
            ...stepLists(yaml, [...at, 'then']),
            ...stepLists(yaml, [...at, 'else']),
            ...rawEntries(step, 'split', 'ways').flatMap(([way]) =>
              stepLists(yaml, [...at, 'split', 'ways', way]),
            ),
          ]
        }),
      ]

/** Nobody comes to what follows the end. */
const afterExit = (yaml: YamlFile, path: YamlPath): readonly Fault[] => {
  const steps = rawList(yaml.root, ...path)
  const end = steps.findIndex((step) => rawAt(step, 'exit') === true || rawText(step, 'exit') !== undefined)
  if (end < 0 || end + 1 >= steps.length) return []
  return [
    yaml.fault([...path, end + 1], 'nobody comes here: "exit" before it ends the sequence', {
      severity: 'warning',
    }),
  ]
}

/** In one list nothing decides between the two: everybody gets both. */
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

/** Questions about emails that the sequence does not send; one that nobody has is told elsewhere. */
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
          `this sequence does not send "${name}": only who had it from another can have clicked`,
          {
            offset,
            severity: 'warning',
          },
        ),
      )
  })

/** What in a sequence can never happen, or happens to everybody twice. @param known emails of the playbook. */
export const checkReach = (yaml: YamlFile, known: readonly string[]): readonly Fault[] => {
  const lists = stepLists(yaml, ['steps'])
  const own = new Set(
    lists.flatMap((path) => rawList(yaml.root, ...path).flatMap((step) => rawText(step, 'email') ?? [])),
  )
  const others = new Set(known.filter((email) => !own.has(email)))
  return lists.flatMap((path) => [
    ...afterExit(yaml, path),
    ...repeatedEmails(yaml, path),
    ...foreignEmails(yaml, path, others),
  ])
}

/** What is wrong with an expression that gives points: its syntax and types, or else the names in it. */
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
