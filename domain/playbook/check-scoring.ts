import { compileCondition } from '../condition/compile-condition.ts'
import { checkCounting } from './check-counting.ts'
import { checkGroups } from './check-groups.ts'
import { checkKinds } from './check-kinds.ts'
import { repeatedIds } from './check-lists.ts'
import type { Fault } from './fault.ts'
import type { Names } from './names.ts'
import { rawAt, rawEntries, rawList, rawText } from './raw.ts'
import type { YamlFile } from './yaml-file.ts'

const ofTheScore = ['score', 'fit', 'engagement', 'band', 'grade', 'stage']

/** A fit rule makes the score, so it cannot ask for it. */
const circular = (yaml: YamlFile): readonly Fault[] =>
  rawList(yaml.root, 'fit').flatMap((rule, index) => {
    const result = compileCondition(rawText(rule, 'when') ?? '', 'lead')
    if (result.type === 'fault') return []
    return result.condition.mentions.variables
      .filter(({ name }) => ofTheScore.includes(name) && name !== 'stage')
      .map(({ name, offset }) =>
        yaml.fault(['fit', index, 'when'], `a fit rule is part of the score and cannot ask for "${name}"`, {
          offset,
        }),
      )
  })

/** `unknown` is for attributes: a condition that mentions none never lacks one. */
const nothingUnknown = (yaml: YamlFile): readonly Fault[] =>
  rawList(yaml.root, 'fit').flatMap((rule, index) => {
    const result = compileCondition(rawText(rule, 'when') ?? '', 'lead')
    return rawAt(rule, 'unknown') === undefined ||
      result.type === 'fault' ||
      result.condition.mentions.attributes.length > 0
      ? []
      : [
          yaml.fault(['fit', index, 'unknown'], 'the condition mentions no attribute that could be unknown', {
            at: 'key',
          }),
        ]
  })

const bands = (yaml: YamlFile): readonly Fault[] => {
  const floors = rawEntries(yaml.root, 'bands').filter(([, floor]) => typeof floor === 'number')
  const repeated = floors.flatMap(([band, floor], index) => {
    const earlier = floors.slice(0, index).find(([, other]) => other === floor)?.[0]
    return earlier === undefined
      ? []
      : [
          yaml.fault(
            ['bands', band],
            `"${band}" begins where "${earlier}" does: each band needs its own floor`,
          ),
        ]
  })
  const hasFloor = floors.some(([, floor]) => floor === 0)
  return hasFloor || rawAt(yaml.root, 'bands') === undefined
    ? repeated
    : [
        ...repeated,
        yaml.fault(['bands'], 'one band must begin at 0, for leads without points', { at: 'key' }),
      ]
}

/** Rules of both kinds stand side by side in explanations, so their ids differ. */
const sharedIds = (yaml: YamlFile): readonly Fault[] => {
  const fit = new Set(rawList(yaml.root, 'fit').map((rule) => rawText(rule, 'id')))
  return rawList(yaml.root, 'engagement').flatMap((rule, index) => {
    const id = rawText(rule, 'id')
    return id !== undefined && fit.has(id)
      ? [yaml.fault(['engagement', index, 'id'], `"${id}" is a fit rule already: each rule has its own id`)]
      : []
  })
}

/** What the schema of `scoring.yaml` cannot say. */
export const checkScoring = (yaml: YamlFile, names: Names): readonly Fault[] => [
  ...repeatedIds(yaml, ['fit'], 'id'),
  ...repeatedIds(yaml, ['engagement'], 'id'),
  ...sharedIds(yaml),
  ...circular(yaml),
  ...nothingUnknown(yaml),
  ...checkKinds(yaml, names),
  ...checkCounting(yaml),
  ...checkGroups(yaml),
  ...bands(yaml),
]
