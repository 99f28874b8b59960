import { Temporal } from 'temporal-polyfill'
import { compileCondition } from '../condition/compile-condition.ts'
import { scoreThresholdOf } from '../condition/score-threshold.ts'
import { type StageId, stageIds, stageRank } from '../model/deal.ts'
import { didYouMeanOneOf } from '../model/did-you-mean.ts'
import { isRecord, rawAt, rawEntries, rawList, rawText } from '../model/raw.ts'
import { weekdays } from '../model/settings.ts'
import { parseDuration } from '../time/local-time.ts'
import { repeatedIds } from './check-settings.ts'
import type { Fault } from './fault.ts'
import { firstStageFor, type ScoreBounds, whyNever } from './reach.ts'
import type { YamlFile, YamlPath } from './yaml-file.ts'

/** Days on end without business hours that somebody may have meant. */
const longestClosure = 14

/** People that `accept` relies on and the team lacks. */
const missingPeople = (yaml: YamlFile): readonly Fault[] => {
  const routed = new Set(rawList(yaml.root, 'route').map((rule) => rawText(rule, 'team')))
  return rawEntries(yaml.root, 'teams').flatMap(([team, rules]) => {
    if (!routed.has(team) || rawAt(rules, 'lead') !== undefined) return []
    const warn = (message: string) => yaml.fault(['teams', team], message, { at: 'key', severity: 'warning' })
    return [
      ...(rawText(yaml.root, 'accept', 'escalate') === undefined
        ? []
        : [warn(`"escalate" has no effect: the team "${team}" has no "lead"`)]),
      ...(rawText(yaml.root, 'accept', 'reassign') === undefined || rawList(rules, 'members').length > 1
        ? []
        : [warn(`"reassign" has no effect: the team "${team}" has one member and no "lead"`)]),
    ]
  })
}

const dateOf = (text: unknown): Temporal.PlainDate | undefined => {
  try {
    return typeof text === 'string' ? Temporal.PlainDate.from(text) : undefined
  } catch {
    // The schema reports it.
    return undefined
  }
}

/** Holidays that close a team for weeks, in which no deadline passes. */
const longClosures = (yaml: YamlFile): readonly Fault[] =>
  rawEntries(yaml.root, 'teams').flatMap(([team, rules]) => {
    const days = rawList(rules, 'hours', 'days')
    if (!days.some((day) => weekdays.some((known) => known === day))) return []
    const holidays = rawList(rules, 'holidays').map(dateOf)
    const closed = new Set(holidays.flatMap((date) => date?.toString() ?? []))
    const isOpen = (date: Temporal.PlainDate): boolean =>
      days.includes(weekdays[date.dayOfWeek - 1]) && !closed.has(date.toString())
    return holidays.flatMap((first, index) => {
      if (!first || !days.includes(weekdays[first.dayOfWeek - 1])) return []
      let last = first
      while (!isOpen(last.add({ days: 1 }))) last = last.add({ days: 1 })
      let before = first.subtract({ days: 1 })
      while (!isOpen(before) && !closed.has(before.toString())) before = before.subtract({ days: 1 })
      const isFirst = isOpen(before)
      const length = first.until(last).days + 1
      return isFirst && length > longestClosure
        ? [
            yaml.fault(
              ['teams', team, 'holidays', index],
              `the team "${team}" is closed for ${length} days from here on: no deadline passes before ${last.add({ days: 1 })}`,
              { severity: 'warning' },
            ),
          ]
        : []
    })
  })

/** Checks what the deadlines under `accept` require of teams. */
export const checkDeadlines = (yaml: YamlFile): readonly Fault[] => [
  ...missingPeople(yaml),
  ...longClosures(yaml),
]

interface AcceptDeadline {
  readonly name: string
  /** Path below `accept`. */
  readonly path: readonly string[]
  /** Milliseconds. */
  readonly after: number
}

const paths = [['remind'], ['escalate'], ['reassign'], ['expire', 'after']] as const

/** The deadlines of `accept`, in the order of their effects. */
const acceptDeadlines = (yaml: YamlFile): readonly AcceptDeadline[] =>
  paths.flatMap((path) => {
    const after = parseDuration(rawText(yaml.root, 'accept', ...path) ?? '')
    return after === undefined ? [] : [{ name: path[0], path, after }]
  })

/** Each deadline must be later than the previous one. */
const order = (yaml: YamlFile): readonly Fault[] => {
  const deadlines = acceptDeadlines(yaml)
  return deadlines.flatMap(({ name, path, after }, index) => {
    const before = deadlines[index - 1]
    return before && after <= before.after
      ? [yaml.fault(['accept', ...path], `"${name}" must come later than "${before.name}"`)]
      : []
  })
}

/** An expired handoff needs a reason that sales may give. */
const expiry = (yaml: YamlFile): readonly Fault[] => {
  const reason = rawText(yaml.root, 'accept', 'expire', 'reason')
  const reasons = rawEntries(yaml.root, 'reject').map(([name]) => name)
  return reason === undefined || reasons.includes(reason)
    ? []
    : [
        yaml.fault(
          ['accept', 'expire', 'reason'],
          `there is no reason "${reason}" under "reject"${didYouMeanOneOf(reason, reasons)}`,
        ),
      ]
}

/** Checks the deadlines of unanswered handoffs. */
const checkAccept = (yaml: YamlFile): readonly Fault[] => [...order(yaml), ...expiry(yaml)]

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

/** Weights that the strategy ignores; a weight of 1 is the default. */
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
                  'weights only count with "strategy: weighted"',
                  { at: 'key', severity: 'warning' },
                ),
              ],
        ),
  )

/** The default team may be full itself and have no lead to fall back on. */
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

/** Teams without a route, unless a route names an unknown team, which may be meant. */
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

/** Checks of teams beyond the schema of `handoff.yaml`. */
export const checkTeams = (yaml: YamlFile): readonly Fault[] => [
  ...twice(yaml),
  ...weights(yaml),
  ...fullOfLast(yaml),
  ...idle(yaml),
]

/** Addresses of another kind of endpoint than the key says. */
const otherKinds = [
  { key: 'webhook', host: /(^|\.)hooks\.slack\.com$/, instead: 'slack' },
  {
    key: 'webhook',
    host: /(^|\.)webhook\.office\.com$|\.logic\.azure\.com$|\.powerplatform\.com$/,
    instead: 'teams',
  },
  { key: 'teams', host: /(^|\.)hooks\.slack\.com$/, instead: 'slack' },
  {
    key: 'slack',
    host: /(^|\.)webhook\.office\.com$|\.logic\.azure\.com$|\.powerplatform\.com$/,
    instead: 'teams',
  },
] as const

const mistakenKinds = (yaml: YamlFile): readonly Fault[] =>
  rawList(yaml.root, 'notify').flatMap((endpoint, index) =>
    otherKinds.flatMap(({ key, host, instead }) => {
      const { hostname } = URL.parse(rawText(endpoint, key) ?? '') ?? {}
      return hostname !== undefined && host.test(hostname)
        ? [
            yaml.fault(['notify', index, key], `${hostname} expects its own format: write "${instead}:"`, {
              severity: 'warning',
            }),
          ]
        : []
    }),
  )

/** Checks of `notify` beyond the schema of `handoff.yaml`. */
const checkNotify = (yaml: YamlFile): readonly Fault[] => [
  ...repeatedIds(yaml, ['notify'], 'id'),
  ...mistakenKinds(yaml),
]

const route = (yaml: YamlFile): readonly Fault[] => {
  const rules = rawList(yaml.root, 'route')
  const last = rules.length - 1
  return rules.flatMap((rule, index) => {
    if (!isRecord(rule)) return []
    const conditional = rawAt(rule, 'when') !== undefined
    if (index === last && conditional)
      return [
        yaml.fault(['route', index, 'when'], 'the last route must match every lead: remove "when"', {
          at: 'key',
        }),
      ]
    if (index < last && !conditional)
      return [
        yaml.fault(
          ['route', index],
          'without "when" this route matches every lead: the ones after it are never reached',
        ),
      ]
    return []
  })
}

const some = (yaml: YamlFile): readonly Fault[] => {
  const faults: Fault[] = []
  const isEmpty = (key: string): boolean => {
    const value = rawAt(yaml.root, key)
    return (
      (Array.isArray(value) && value.length === 0) || (isRecord(value) && Object.keys(value).length === 0)
    )
  }
  if (isEmpty('route')) faults.push(yaml.fault(['route'], 'needs at least one route', { at: 'key' }))
  if (isEmpty('teams')) faults.push(yaml.fault(['teams'], 'needs at least one team', { at: 'key' }))
  if (isEmpty('reject'))
    faults.push(yaml.fault(['reject'], 'needs at least one reason to give', { at: 'key' }))
  return faults
}

/** A pause shorter than the deadline could requalify a lead whose handoff is still open. */
const pauses = (yaml: YamlFile): readonly Fault[] => {
  const longest = Math.max(0, ...acceptDeadlines(yaml).map(({ after }) => after))
  return rawEntries(yaml.root, 'reject').flatMap(([reason, rule]) => {
    const pause = parseDuration(rawText(rule, 'pause') ?? '')
    return pause !== undefined && pause < longest
      ? [
          yaml.fault(
            ['reject', reason, 'pause'],
            'the pause is shorter than the longest deadline under "accept"',
          ),
        ]
      : []
  })
}

const qualify = (yaml: YamlFile, bounds: ScoreBounds): readonly Fault[] => {
  const why = whyNever(rawText(yaml.root, 'qualify') ?? '', bounds)
  return why === undefined
    ? []
    : [yaml.fault(['qualify'], `no lead can ever qualify: ${why.message}`, { offset: why.offset })]
}

/** Checks beyond the schema of `handoff.yaml`. */
/** Who is just below a threshold can be told only where there is one. */
const checkExplore = (yaml: YamlFile): readonly Fault[] => {
  const source = rawText(yaml.root, 'qualify')
  if (rawText(yaml.root, 'explore') === undefined || source === undefined) return []
  const compiled = compileCondition(source, 'lead')
  if (compiled.type === 'fault' || scoreThresholdOf(compiled.condition)) return []
  const message = '"qualify" has to compare the score once, as in score >= 60: else nobody is just below it'
  return [yaml.fault(['explore'], message)]
}

export const checkHandoff = (yaml: YamlFile, bounds: ScoreBounds): readonly Fault[] => [
  ...qualify(yaml, bounds),
  ...some(yaml),
  ...route(yaml),
  ...checkAccept(yaml),
  ...pauses(yaml),
  ...checkTeams(yaml),
  ...checkDeadlines(yaml),
  ...checkNotify(yaml),
  ...checkExplore(yaml),
]

interface Recycling {
  readonly path: YamlPath
  readonly stage: StageId
  /** ms */
  readonly pause: number | undefined
  readonly sequence: string | undefined
}

/** Every disposition that recycles a lead, of rejections and lost deals. */
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

/** A lead recycled to a stage in which it qualifies would go to sales again at once. */
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
        `leads qualify from the stage "${first}" on: one sent back to "${stage}" qualifies again at once`,
        { severity: 'warning' },
      ),
    ]
  const isBelow = first !== undefined && stageRank(stage) < stageRank(first)
  return pause !== undefined || isBelow
    ? []
    : [
        yaml.fault(
          [...path, 'recycle'],
          'without a pause or a stage below the qualifying one, the lead qualifies again with its next activity',
          { severity: 'warning' },
        ),
      ]
}

/** A sequence whose exit holds in the target stage would end at once. */
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
          `a lead sent back to "${stage}" leaves "${sequence}" at once: its exit is ${exit.trim()}`,
        ),
      ]
    : []
}

/** As with rejections, a lead that requalifies so soon meets a deadline of the previous handoff. */
const shortPause = (yaml: YamlFile, { path, pause }: Recycling, longest: number): readonly Fault[] =>
  path[0] === 'lost' && pause !== undefined && pause < longest
    ? [yaml.fault([...path, 'pause'], 'the pause is shorter than the longest deadline under "accept"')]
    : []

/** Checks that recycled leads stay in marketing, and enter a sequence that does not end at once. */
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
