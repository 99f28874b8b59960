import { compileCondition } from '../condition/compile-condition.ts'
import { type StageId, stageIds, stageRank } from '../funnel/funnel-rules.ts'
import { alwaysHolds, type Contradiction, contradictionIn, type World } from './contradiction.ts'
import type { ScoreBounds } from './score-bounds.ts'
import { anyText, numbers, texts } from './value-range.ts'

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
export interface NeverHolds {
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
