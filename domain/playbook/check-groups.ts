import { didYouMeanOneOf, nearestName } from '../did-you-mean.ts'
import type { Fault } from './fault.ts'
import { rawAt, rawEntries, rawList, rawText } from './raw.ts'
import type { YamlFile } from './yaml-file.ts'

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

/** Rules that never meet over one activity cannot outdo one another. */
const neverMeet = (members: readonly unknown[]): boolean => {
  const types = members.map((rule) => rawText(rule, 'on'))
  return new Set(types).size === types.length
}

const whyIdle = (group: unknown, members: readonly unknown[]): string | undefined => {
  if (members.length === 0) return 'no rule belongs to it'
  if (rawAt(group, 'max') === true && rawAt(group, 'cap') === undefined && neverMeet(members))
    return 'no two of its rules count the same activity type, so that "max" never chooses'
  return undefined
}

/** Groups that rules belong to, and what they do. */
export const checkGroups = (yaml: YamlFile): readonly Fault[] => {
  const groups = rawEntries(yaml.root, 'groups')
  const ids = groups.map(([group]) => group)
  const named = rawList(yaml.root, 'engagement').map((rule) => rawText(rule, 'group') ?? '')
  // What a slip in a rule's group was meant for is told there, and once.
  const meant = named.filter((name) => !ids.includes(name)).map((name) => nearestName(name, ids))
  return [
    ...unknownGroups(yaml, ids),
    ...groups.flatMap(([id, group]): readonly Fault[] => {
      if (rawAt(group, 'max') !== true && rawAt(group, 'cap') === undefined)
        return [yaml.fault(['groups', id], 'a group needs "cap" or "max: true": else it does nothing')]
      const members = rawList(yaml.root, 'engagement').filter((rule) => rawText(rule, 'group') === id)
      const idle = whyIdle(group, members)
      return idle === undefined || meant.includes(id)
        ? []
        : [yaml.fault(['groups', id], `the group does nothing: ${idle}`, { at: 'key', severity: 'warning' })]
    }),
  ]
}
