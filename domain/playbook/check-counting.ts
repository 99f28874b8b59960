import type { Fault } from './fault.ts'
import { rawAt, rawEntries, rawList } from './raw.ts'
import type { YamlFile, YamlPath } from './yaml-file.ts'

/** Keys of one rule that contradict each other or come to nothing: the second is where it is told. */
const pairs: readonly {
  readonly has: string
  readonly and: string
  readonly message: string
}[] = [
  { has: 'halfLife', and: 'expires', message: 'points either fade ("halfLife") or expire, not both' },
  {
    has: 'first',
    and: 'max',
    message: 'a rule that counts once ("first") has no other award to choose from',
  },
  {
    has: 'first',
    and: 'cap',
    message: 'a rule that counts once ("first") needs no cap: lower its points instead',
  },
  {
    has: 'max',
    and: 'cap',
    message:
      'of a rule with "max" one award counts, so that a cap on their sum says nothing: lower its points instead',
  },
]

const isSet = (rule: unknown, key: string): boolean => {
  const value = rawAt(rule, key)
  return value !== undefined && value !== false
}

const contradictions = (yaml: YamlFile): readonly Fault[] =>
  rawList(yaml.root, 'engagement').flatMap((rule, index) =>
    pairs
      .filter(({ has, and }) => isSet(rule, has) && isSet(rule, and))
      .map(({ and, message }) => yaml.fault(['engagement', index, and], message, { at: 'key' })),
  )

/** The same points each time, for ever: the first award is as good as any. */
const needlessMax = (yaml: YamlFile): readonly Fault[] =>
  rawList(yaml.root, 'engagement').flatMap((rule, index) =>
    rawAt(rule, 'max') === true &&
    typeof rawAt(rule, 'points') === 'number' &&
    rawAt(rule, 'halfLife') === undefined &&
    rawAt(rule, 'expires') === undefined
      ? [
          yaml.fault(
            ['engagement', index, 'max'],
            'every award of this rule is worth the same: "first: true" says so more clearly',
            { at: 'key', severity: 'warning' },
          ),
        ]
      : [],
  )

const capPaths = (yaml: YamlFile): readonly YamlPath[] => [
  ...rawList(yaml.root, 'engagement').map((_, index): YamlPath => ['engagement', index, 'cap']),
  ...rawEntries(yaml.root, 'groups').map(([group]): YamlPath => ['groups', group, 'cap']),
  ['cap'],
]

/** Of several caps over the same time the lowest alone would count. */
const repeatedCaps = (yaml: YamlFile): readonly Fault[] =>
  capPaths(yaml).flatMap((path) => {
    const times = rawList(yaml.root, ...path).map((cap) => rawAt(cap, 'per'))
    return times.flatMap((per, index) =>
      typeof per === 'string' && times.indexOf(per) < index
        ? [
            yaml.fault(
              [...path, index, 'per'],
              `there is a cap for ${per} already: the lower one alone counts`,
            ),
          ]
        : [],
    )
  })

/** How often a rule counts and for how long: ways to say it that do not go together. */
export const checkCounting = (yaml: YamlFile): readonly Fault[] => [
  ...contradictions(yaml),
  ...needlessMax(yaml),
  ...repeatedCaps(yaml),
]
