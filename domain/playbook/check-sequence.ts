import { compileEventExpression, compileEventTest } from '../condition/compile-condition.ts'
import { valueless } from '../condition/missing-parts.ts'
import { bareValues } from '../condition/slips.ts'
import { builtInAttributes, builtInDates } from '../model/built-in-names.ts'
import { stageIds } from '../model/deal.ts'
import { didYouMean, didYouMeanOneOf, nearestName } from '../model/did-you-mean.ts'
import { rawAt, rawEntries, rawList, rawText } from '../model/raw.ts'
import type { Fault } from './fault.ts'
import { type Finding, faultFindings } from './faults.ts'
import type { Names } from './names.ts'
import type { YamlFile, YamlPath } from './yaml-file.ts'

/** Every list of steps at any depth. */
export const stepLists = (yaml: YamlFile, path: YamlPath = ['steps']): readonly YamlPath[] =>
  rawAt(yaml.root, ...path) === undefined
    ? []
    : [
        path,
        ...rawList(yaml.root, ...path).flatMap((step, index) => {
          const at = [...path, index]
          return [
            [...at, 'then'],
            [...at, 'else'],
            ...rawEntries(step, 'split', 'ways').map(([way, steps]) => [
              ...[...at, 'split', 'ways', way],
              ...(Array.isArray(steps) ? [] : ['steps']),
            ]),
          ].flatMap((list) => stepLists(yaml, list))
        }),
      ]

/** Paths of all steps at any depth, in the order in which they are written. */
const stepPaths = (yaml: YamlFile): readonly YamlPath[] =>
  stepLists(yaml).flatMap((list) => rawList(yaml.root, ...list).map((_, index) => [...list, index]))

/** The shares of a split are percent of all, or none has any. */
const wrongShares = (yaml: YamlFile, at: YamlPath): readonly Fault[] => {
  const ways = rawEntries(yaml.root, ...at)
  const shares = ways.map(([, way]) => rawAt(way, 'share'))
  if (shares.every((share) => share === undefined)) return []
  const bare = ways.find((_, index) => shares[index] === undefined)
  if (bare)
    return [
      yaml.fault([...at, bare[0]], 'this way has no "share", others have: give all of them one, or none'),
    ]
  const sum = shares.reduce<number>((total, share) => total + Number(share), 0)
  return sum === 100 || Number.isNaN(sum)
    ? []
    : [yaml.fault(at, `the shares of the ways add up to ${sum} percent, not to 100`, { at: 'key' })]
}

const faultySplits = (yaml: YamlFile): readonly Fault[] =>
  stepPaths(yaml)
    .map((path) => [...path, 'split', 'ways'])
    .filter((at) => rawAt(yaml.root, ...at) !== undefined)
    .flatMap((at) => [
      ...(rawEntries(yaml.root, ...at).length < 2
        ? [yaml.fault(at, 'a split needs at least two ways', { at: 'key' as const })]
        : []),
      ...wrongShares(yaml, at),
    ])

/** A wait ends either before or after a date. */
const twoSidedWaits = (yaml: YamlFile): readonly Fault[] =>
  stepPaths(yaml)
    .map((path) => [...path, 'wait'])
    .filter(
      (path) =>
        rawAt(yaml.root, ...path, 'before') !== undefined && rawAt(yaml.root, ...path, 'after') !== undefined,
    )
    .map((path) => yaml.fault([...path, 'after'], 'use either "before" or "after", not both', { at: 'key' }))

/** Whether `earlier` is on a path to `step`: not in another branch of the same split or condition. */
const leadsTo = (earlier: YamlPath, step: YamlPath): boolean => {
  const apart = earlier.findIndex((part, index) => part !== step[index])
  const [one, other] = [earlier[apart], step[apart]]
  return typeof one === 'number' && typeof other === 'number' && one < other
}

/** After a wait the lead has not just asked for the email. */
const lateAtOnce = (yaml: YamlFile): readonly Fault[] => {
  const paths = stepPaths(yaml)
  const waits = paths.filter((path) => rawAt(yaml.root, ...path, 'wait') !== undefined)
  return paths
    .filter((path) => rawAt(yaml.root, ...path, 'atOnce') !== undefined)
    .filter((path) => waits.some((wait) => leadsTo(wait, path)))
    .map((path) =>
      yaml.fault(
        [...path, 'atOnce'],
        'a wait comes before it: "atOnce" is for what the lead has just asked for',
        {
          at: 'key',
        },
      ),
    )
}

/** Names of splits at any depth; a run stores its variant by the name. */
const splitNames = (yaml: YamlFile): readonly { name: string; path: YamlPath }[] =>
  stepPaths(yaml).flatMap((at) => {
    const path = [...at, 'split', 'name']
    const name = rawText(yaml.root, ...path)
    return name === undefined ? [] : [{ name, path }]
  })

const repeatedSplits = (yaml: YamlFile): readonly Fault[] => {
  const all = splitNames(yaml)
  return all
    .filter(({ name }, index) => all.slice(0, index).some((earlier) => earlier.name === name))
    .map(({ name, path }) => yaml.fault(path, `the split "${name}" exists already`))
}

/** A sequence whose exit holds in its own entry stage would end at once. */
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
          `a lead that enters with the stage "${stage}" leaves at once: no email is ever sent`,
        ),
      ]
    : []
}

/** Checks beyond the schema of a sequence. */
export const checkSequence = (yaml: YamlFile): readonly Fault[] => [
  ...faultySplits(yaml),
  ...repeatedSplits(yaml),
  ...twoSidedWaits(yaml),
  ...lateAtOnce(yaml),
  ...exitAtEntry(yaml),
]

interface Enter {
  readonly from: string
  readonly to: string
  readonly yaml: YamlFile
  readonly path: YamlPath
}

/** The `enter` steps of a file at any depth. */
const entersIn = (from: string, yaml: YamlFile): readonly Enter[] =>
  stepPaths(yaml).flatMap((at) => {
    const path = [...at, 'enter']
    const to = rawText(yaml.root, ...path)
    return to === undefined ? [] : [{ from, to, yaml, path }]
  })

/** The shortest path from one sequence back to another, if any. */
const wayBack = (enters: readonly Enter[], from: string, to: string): readonly string[] | undefined => {
  const seen = new Set([from])
  let ways: readonly (readonly string[])[] = [[from]]
  while (ways.length > 0) {
    const arrived = ways.find((way) => way.at(-1) === to)
    if (arrived) return arrived
    ways = ways.flatMap((way) =>
      enters
        .filter((enter) => enter.from === way.at(-1) && !seen.has(enter.to) && seen.add(enter.to))
        .map((enter) => [...way, enter.to]),
    )
  }
  return undefined
}

/** Circular `enter` steps, reported at each step of the circle. */
export const checkEnters = (
  files: readonly { readonly id: string; readonly yaml: YamlFile }[],
): readonly Fault[] => {
  const enters = files.flatMap(({ id, yaml }) => entersIn(id, yaml))
  return enters.flatMap(({ from, to, yaml, path }) => {
    const back = wayBack(enters, to, from)
    return back === undefined
      ? []
      : [yaml.fault(path, `this leads back here: ${[from, ...back].join(' → ')}`)]
  })
}

const unknownGroups = (yaml: YamlFile, groups: readonly string[]): readonly Fault[] =>
  rawList(yaml.root, 'engagement').flatMap((rule, index) => {
    const group = rawText(rule, 'group')
    return group === undefined || groups.includes(group)
      ? []
      : [
          yaml.fault(
            ['engagement', index, 'group'],
            groups.length === 0
              ? `there is no group "${group}": list it under "groups"`
              : `unknown group "${group}"${didYouMeanOneOf(group, groups)}`,
          ),
        ]
  })

/** Rules that never match the same activity do not compete. */
const neverMeet = (members: readonly unknown[]): boolean => {
  const types = members.map((rule) => rawText(rule, 'on'))
  return new Set(types).size === types.length
}

const whyIdle = (group: unknown, members: readonly unknown[]): string | undefined => {
  if (members.length === 0) return 'no rule belongs to it'
  if (rawAt(group, 'max') === true && rawAt(group, 'cap') === undefined && neverMeet(members))
    return 'no two of its rules count the same activity type, so "max" has no effect'
  return undefined
}

/** Checks the groups of rules. */
export const checkGroups = (yaml: YamlFile): readonly Fault[] => {
  const groups = rawEntries(yaml.root, 'groups')
  const ids = groups.map(([group]) => group)
  const named = rawList(yaml.root, 'engagement').map((rule) => rawText(rule, 'group') ?? '')
  // A typo in a rule's group is reported there, once.
  const meant = named.filter((name) => !ids.includes(name)).map((name) => nearestName(name, ids))
  return [
    ...unknownGroups(yaml, ids),
    ...groups.flatMap(([id, group]): readonly Fault[] => {
      if (rawAt(group, 'max') !== true && rawAt(group, 'cap') === undefined)
        return [yaml.fault(['groups', id], 'a group without "cap" or "max: true" has no effect')]
      const members = rawList(yaml.root, 'engagement').filter((rule) => rawText(rule, 'group') === id)
      const idle = whyIdle(group, members)
      return idle === undefined || meant.includes(id)
        ? []
        : [yaml.fault(['groups', id], `the group has no effect: ${idle}`, { at: 'key', severity: 'warning' })]
    }),
  ]
}

const kinds = { number: 'a number', flag: 'yes or no', list: 'a list', object: 'an object' } as const

/** Faults of waiting for a date attribute. The user's own programs may set attributes that are not known here. */
export const dateFindings = (
  name: string,
  {
    attributes,
    attributeValues,
    choices,
    dateless,
  }: Pick<Names, 'attributes' | 'attributeValues' | 'choices' | 'dateless'>,
): readonly Finding[] => {
  if (choices?.has(name) || dateless?.includes(name))
    return [{ message: `"${name}" is not a date field of any form`, severity: 'warning' }]
  const kind = attributeValues.get(name)?.kind
  if (kind !== undefined && kind !== 'text')
    return [{ message: `"${name}" is ${kinds[kind]}, and never a date` }]
  if (builtInAttributes.includes(name) && !builtInDates.includes(name))
    return [{ message: `"${name}" is never a date` }]
  const dates = attributes.filter((one) => !builtInAttributes.includes(one) || builtInDates.includes(one))
  return attributes.includes(name)
    ? []
    : [
        {
          message: `unknown attribute "${name}"${didYouMean(name, dates)}`,
          severity: 'warning',
        },
      ]
}

/** Faults of an expression about an external event, whose fields are not known beforehand. */
export const checkEventExpression = (source: string, names: Names): readonly Finding[] => {
  const result = compileEventExpression(source)
  return result.type === 'fault' ? faultFindings(source, 'event', result, names) : valueless(source)
}

export const checkEventCondition = (source: string, names: Names): readonly Finding[] => {
  const result = compileEventTest(source)
  return result.type === 'fault'
    ? faultFindings(source, 'event', result, names)
    : [...bareValues(source), ...valueless(source)]
}
