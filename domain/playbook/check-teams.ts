import type { Fault } from './fault.ts'
import { rawAt, rawEntries, rawList, rawText } from './raw.ts'
import type { YamlFile } from './yaml-file.ts'

const twice = (yaml: YamlFile): readonly Fault[] =>
  rawEntries(yaml.root, 'teams').flatMap(([team, rules]) => {
    const seen = new Set<string>()
    return rawList(rules, 'members').flatMap((member, index) => {
      const email = rawText(member, 'email')?.toLowerCase()
      if (email === undefined || !seen.has(email)) {
        if (email !== undefined) seen.add(email)
        return []
      }
      return [yaml.fault(['teams', team, 'members', index, 'email'], `${email} is in this team already`)]
    })
  })

/** Weights that nobody asks for; a weight of 1 is none. */
const weights = (yaml: YamlFile): readonly Fault[] =>
  rawEntries(yaml.root, 'teams').flatMap(([team, rules]) =>
    rawText(rules, 'strategy') === 'weighted'
      ? []
      : rawList(rules, 'members').flatMap((member, index) =>
          (rawAt(member, 'weight') ?? 1) === 1
            ? []
            : [
                yaml.fault(
                  ['teams', team, 'members', index, 'weight'],
                  'weights count with "strategy: weighted" alone',
                  { at: 'key', severity: 'warning' },
                ),
              ],
        ),
  )

/** The team that takes what nobody else takes may be full itself, and then without a lead to turn to. */
const fullOfLast = (yaml: YamlFile): readonly Fault[] => {
  const last = rawText(rawList(yaml.root, 'route').at(-1), 'team')
  const rules = rawAt(yaml.root, 'teams', last ?? '')
  const capacities = rawList(rules, 'members').map((member) => rawAt(member, 'capacity'))
  const isLimited = capacities.length > 0 && capacities.every((capacity) => typeof capacity === 'number')
  if (last === undefined || !isLimited || rawAt(rules, 'lead') !== undefined) return []
  const sum = capacities.reduce((total: number, capacity) => total + Number(capacity), 0)
  return [
    yaml.fault(
      ['teams', last],
      `with ${sum} open handoffs the team of the last route is full: further leads go to the member with the fewest, beyond their capacity; a "lead" would take them`,
      { at: 'key', severity: 'warning' },
    ),
  ]
}

/** Teams that no route leads to, unless a route leads nowhere: then it may be meant. */
const idle = (yaml: YamlFile): readonly Fault[] => {
  const routed = rawList(yaml.root, 'route').map((rule) => rawText(rule, 'team'))
  const teams = rawEntries(yaml.root, 'teams')
  if (routed.some((team) => !teams.some(([known]) => known === team))) return []
  return teams
    .filter(([team]) => !routed.includes(team))
    .map(([team]) =>
      yaml.fault(['teams', team], `no route leads to the team "${team}"`, { at: 'key', severity: 'warning' }),
    )
}

/** What the schema cannot say of the teams in `handoff.yaml`. */
export const checkTeams = (yaml: YamlFile): readonly Fault[] => [
  ...twice(yaml),
  ...weights(yaml),
  ...fullOfLast(yaml),
  ...idle(yaml),
]
