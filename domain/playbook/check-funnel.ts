import { didYouMean } from '../did-you-mean.ts'
import { type StageId, stageIds } from '../funnel/funnel-rules.ts'
import { stageMetrics } from './built-in-names.ts'
import { repeatedIds } from './check-lists.ts'
import type { Fault } from './fault.ts'
import { rawAt, rawList, rawText } from './raw.ts'
import { whyUnreachable } from './reachable.ts'
import type { ScoreBounds } from './score-bounds.ts'
import type { YamlFile } from './yaml-file.ts'

const isStage = (id: unknown): id is StageId => stageIds.some((stage) => stage === id)

const order = (yaml: YamlFile): readonly Fault[] => {
  const ids = rawList(yaml.root, 'stages').map((stage) => rawAt(stage, 'id'))
  const missing = stageIds.filter((stage) => !ids.includes(stage))
  const wrong = ids.findIndex((id, index) => isStage(id) && id !== stageIds[index])
  const misspelt = ids.filter((id) => !isStage(id)).length
  const faults = (misspelt >= missing.length ? [] : missing).map((stage) =>
    yaml.fault(['stages'], `the stage "${stage}" is missing`, { at: 'key' }),
  )
  const repeated = new Set(ids).size < ids.length
  if (missing.length === 0 && wrong >= 0 && !repeated)
    faults.push(yaml.fault(['stages', wrong, 'id'], `the stages stand in this order: ${stageIds.join(', ')}`))
  return faults
}

const metrics = (yaml: YamlFile, index: number, id: StageId): readonly Fault[] =>
  rawList(yaml.root, 'stages', index, 'metrics').flatMap((metric, place) =>
    typeof metric !== 'string' || stageMetrics[id].includes(metric)
      ? []
      : [
          yaml.fault(
            ['stages', index, 'metrics', place],
            `"${metric}" is no metric of ${id} (${stageMetrics[id].join(', ')})${didYouMean(metric, stageMetrics[id])}`,
          ),
        ],
  )

const entry = (yaml: YamlFile, index: number, id: StageId, bounds: ScoreBounds): readonly Fault[] => {
  const path = ['stages', index]
  const enter = rawText(yaml.root, 'stages', index, 'enter')
  if (id === 'awareness')
    return rawAt(yaml.root, 'stages', index, 'enter') === undefined
      ? []
      : [
          yaml.fault([...path, 'enter'], 'every lead begins in the first stage: it has no condition', {
            at: 'key',
          }),
        ]
  if (enter === undefined)
    return rawAt(yaml.root, 'stages', index, 'enter') === undefined
      ? [yaml.fault([...path, 'id'], `"enter" is missing: the stage "${id}" can never be reached`)]
      : []
  const why = whyUnreachable(enter, id, bounds)
  return why === undefined
    ? []
    : [
        yaml.fault([...path, 'enter'], `the stage "${id}" can never be reached: ${why.message}`, {
          offset: why.offset,
        }),
      ]
}

/** What the schema of `funnel.yaml` cannot say: the six in order, their metrics, and that each can be reached. */
export const checkFunnel = (yaml: YamlFile, bounds: ScoreBounds): readonly Fault[] => [
  ...order(yaml),
  ...repeatedIds(yaml, ['stages'], 'id'),
  ...rawList(yaml.root, 'stages').flatMap((stage, index) => {
    const id = rawAt(stage, 'id')
    return isStage(id) ? [...metrics(yaml, index, id), ...entry(yaml, index, id, bounds)] : []
  }),
]
