import { parseDuration } from '../duration.ts'
import { type StageId, stageIds, stageRank } from '../funnel/funnel-rules.ts'
import type { Fault } from './fault.ts'
import { rawEntries, rawText } from './raw.ts'
import { firstStageFor } from './reachable.ts'
import type { ScoreBounds } from './score-bounds.ts'
import type { YamlFile, YamlPath } from './yaml-file.ts'

interface Recycling {
  readonly path: YamlPath
  readonly stage: StageId
  /** ms */
  readonly pause: number | undefined
  readonly sequence: string | undefined
}

/** Every disposition that sends a lead back, of rejections and of lost deals. */
const recyclings = (yaml: YamlFile): readonly Recycling[] =>
  ['reject', 'lost'].flatMap((part) =>
    rawEntries(yaml.root, part).flatMap(([reason, rule]) => {
      const stage = stageIds.find((id) => id === rawText(rule, 'recycle'))
      const pause = parseDuration(rawText(rule, 'pause') ?? '')
      return stage === undefined
        ? []
        : [{ path: [part, reason], stage, pause, sequence: rawText(rule, 'sequence') }]
    }),
  )

/** Sent back to where leads qualify, it goes to sales again by what it did before. */
const comesRightBack = (
  yaml: YamlFile,
  { path, stage, pause }: Recycling,
  bounds: ScoreBounds,
): readonly Fault[] => {
  const first = firstStageFor(rawText(yaml.root, 'qualify') ?? '', bounds)
  if (first !== undefined && stageRank(stage) > stageRank(first))
    return [
      yaml.fault(
        [...path, 'recycle'],
        `leads qualify from the stage "${first}" on: one that is sent back to "${stage}" has nothing to do before it comes again`,
        { severity: 'warning' },
      ),
    ]
  const isBelow = first !== undefined && stageRank(stage) < stageRank(first)
  return pause !== undefined || isBelow
    ? []
    : [
        yaml.fault(
          [...path, 'recycle'],
          'without a pause or a stage below the one that qualifies, the lead comes again with its next activity',
          { severity: 'warning' },
        ),
      ]
}

/** A sequence whose exit holds in the stage that the lead is sent back to ends as it begins. */
const leftAtOnce = (
  yaml: YamlFile,
  { path, stage, sequence }: Recycling,
  exits: ReadonlyMap<string, string>,
): readonly Fault[] => {
  const exit = exits.get(sequence ?? '') ?? ''
  const from = /^\s*stageAtLeast\(\s*["'](\w+)["']\s*\)\s*$/.exec(exit)?.[1]
  const left = stageIds.find((id) => id === from)
  return left !== undefined && stageRank(left) <= stageRank(stage)
    ? [
        yaml.fault(
          [...path, 'sequence'],
          `a lead that is sent back to "${stage}" leaves "${sequence}" at once: its exit is ${exit.trim()}`,
        ),
      ]
    : []
}

/** The same as for rejections: who comes again so soon meets a deadline of the handoff before. */
const shortPause = (yaml: YamlFile, { path, pause }: Recycling, longest: number): readonly Fault[] =>
  path[0] === 'lost' && pause !== undefined && pause < longest
    ? [yaml.fault([...path, 'pause'], 'the pause is shorter than the longest deadline under "accept"')]
    : []

/** Whether leads that are sent back stay back, and get something that they do not leave at once. */
export const checkRecycle = (
  yaml: YamlFile | undefined,
  sequences: readonly { readonly id: string; readonly yaml: YamlFile }[],
  bounds: ScoreBounds,
): readonly Fault[] => {
  if (yaml === undefined) return []
  const exits = new Map(sequences.map((one) => [one.id, rawText(one.yaml.root, 'exit') ?? '']))
  const deadlines = rawEntries(yaml.root, 'accept').map(([, text]) =>
    typeof text === 'string' ? (parseDuration(text) ?? 0) : 0,
  )
  const longest = Math.max(0, ...deadlines)
  return recyclings(yaml).flatMap((recycling) => [
    ...comesRightBack(yaml, recycling, bounds),
    ...leftAtOnce(yaml, recycling, exits),
    ...shortPause(yaml, recycling, longest),
  ])
}
