import { stageIds } from '../funnel/funnel-rules.ts'
import type { Fault } from './fault.ts'
import { rawAt, rawEntries, rawList, rawText } from './raw.ts'
import type { YamlFile, YamlPath } from './yaml-file.ts'

const emptySplits = (yaml: YamlFile, path: YamlPath): readonly Fault[] =>
  rawList(yaml.root, ...path).flatMap((step, index): readonly Fault[] => {
    const at = [...path, index]
    const ways = rawEntries(step, 'split', 'ways')
    const few =
      rawAt(step, 'split', 'ways') !== undefined && ways.length < 2
        ? [yaml.fault([...at, 'split', 'ways'], 'a split needs at least two ways', { at: 'key' as const })]
        : []
    return [
      ...few,
      ...emptySplits(yaml, [...at, 'then']),
      ...emptySplits(yaml, [...at, 'else']),
      ...ways.flatMap(([way]) => emptySplits(yaml, [...at, 'split', 'ways', way])),
    ]
  })

/** Paths of all steps, however deep they stand. */
const stepPaths = (yaml: YamlFile, path: YamlPath): readonly YamlPath[] =>
  rawList(yaml.root, ...path).flatMap((step, index) => {
    const at = [...path, index]
    return [
      at,
      ...stepPaths(yaml, [...at, 'then']),
      ...stepPaths(yaml, [...at, 'else']),
      ...rawEntries(step, 'split', 'ways').flatMap(([way]) => stepPaths(yaml, [...at, 'split', 'ways', way])),
    ]
  })

/** A wait is over before a date or after it. */
const twoSidedWaits = (yaml: YamlFile): readonly Fault[] =>
  stepPaths(yaml, ['steps'])
    .map((path) => [...path, 'wait'])
    .filter(
      (path) =>
        rawAt(yaml.root, ...path, 'before') !== undefined && rawAt(yaml.root, ...path, 'after') !== undefined,
    )
    .map((path) => yaml.fault([...path, 'after'], '"before" or "after" the date: one of them', { at: 'key' }))

/** Whether `earlier` lies on a way to `step`: not within another way of the same branch. */
const leadsTo = (earlier: YamlPath, step: YamlPath): boolean => {
  const apart = earlier.findIndex((part, index) => part !== step[index])
  const [one, other] = [earlier[apart], step[apart]]
  return typeof one === 'number' && typeof other === 'number' && one < other
}

/** Who has waited has not just asked. */
const lateAtOnce = (yaml: YamlFile): readonly Fault[] => {
  const paths = stepPaths(yaml, ['steps'])
  const waits = paths.filter((path) => rawAt(yaml.root, ...path, 'wait') !== undefined)
  return paths
    .filter((path) => rawAt(yaml.root, ...path, 'atOnce') !== undefined)
    .filter((path) => waits.some((wait) => leadsTo(wait, path)))
    .map((path) =>
      yaml.fault(
        [...path, 'atOnce'],
        'a wait lies before it: "atOnce" is for what the lead has just asked for',
        {
          at: 'key',
        },
      ),
    )
}

/** Names of splits, by which a run remembers its way, however deep they stand. */
const splitNames = (yaml: YamlFile, path: YamlPath): readonly { name: string; path: YamlPath }[] =>
  rawList(yaml.root, ...path).flatMap((step, index) => {
    const at = [...path, index]
    const name = rawText(step, 'split', 'name')
    return [
      ...(name === undefined ? [] : [{ name, path: [...at, 'split', 'name'] }]),
      ...splitNames(yaml, [...at, 'then']),
      ...splitNames(yaml, [...at, 'else']),
      ...rawEntries(step, 'split', 'ways').flatMap(([way]) =>
        splitNames(yaml, [...at, 'split', 'ways', way]),
      ),
    ]
  })

const repeatedSplits = (yaml: YamlFile): readonly Fault[] => {
  const all = splitNames(yaml, ['steps'])
  return all
    .filter(({ name }, index) => all.slice(0, index).some((earlier) => earlier.name === name))
    .map(({ name, path }) => yaml.fault(path, `there is a split "${name}" already`))
}

/** A sequence for a stage whose exit holds in that very stage would end as it begins. */
const exitAtEntry = (yaml: YamlFile): readonly Fault[] => {
  const stage = rawText(yaml.root, 'enter', 'stage')
  const from = /^\s*stageAtLeast\(\s*["'](\w+)["']\s*\)\s*$/.exec(rawText(yaml.root, 'exit') ?? '')?.[1]
  const ranks = stageIds.map(String)
  return stage !== undefined &&
    from !== undefined &&
    ranks.indexOf(from) >= 0 &&
    ranks.indexOf(from) <= ranks.indexOf(stage)
    ? [
        yaml.fault(
          ['exit'],
          `a lead that enters with the stage "${stage}" leaves at once: nothing is ever sent`,
        ),
      ]
    : []
}

/** What the schema of a sequence cannot say. */
export const checkSequence = (yaml: YamlFile): readonly Fault[] => [
  ...emptySplits(yaml, ['steps']),
  ...repeatedSplits(yaml),
  ...twoSidedWaits(yaml),
  ...lateAtOnce(yaml),
  ...exitAtEntry(yaml),
]
