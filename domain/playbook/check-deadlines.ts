import { Temporal } from 'temporal-polyfill'
import type { Fault } from './fault.ts'
import { rawAt, rawEntries, rawList, rawText } from './raw.ts'
import type { YamlFile } from './yaml-file.ts'

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
/** Days on end without business hours that somebody may have meant. */
const longestClosure = 14

/** Whom `accept` counts on and the team does not have. */
const missingPeople = (yaml: YamlFile): readonly Fault[] => {
  const routed = new Set(rawList(yaml.root, 'route').map((rule) => rawText(rule, 'team')))
  return rawEntries(yaml.root, 'teams').flatMap(([team, rules]) => {
    if (!routed.has(team) || rawAt(rules, 'lead') !== undefined) return []
    const warn = (message: string) => yaml.fault(['teams', team], message, { at: 'key', severity: 'warning' })
    return [
      ...(rawText(yaml.root, 'accept', 'escalate') === undefined
        ? []
        : [warn(`"escalate" tells nobody: the team "${team}" has no "lead"`)]),
      ...(rawText(yaml.root, 'accept', 'reassign') === undefined || rawList(rules, 'members').length > 1
        ? []
        : [warn(`"reassign" finds nobody: the team "${team}" has one member and no "lead"`)]),
    ]
  })
}

const dateOf = (text: unknown): Temporal.PlainDate | undefined => {
  try {
    return typeof text === 'string' ? Temporal.PlainDate.from(text) : undefined
  } catch {
    // The schema tells of it.
    return undefined
  }
}

/** Holidays that leave a team closed for weeks: nothing is due in that time. */
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
              `the team "${team}" is closed for ${length} days from here on: nothing is due before ${last.add({ days: 1 })}`,
              { severity: 'warning' },
            ),
          ]
        : []
    })
  })

/** What the deadlines under `accept` need of teams. */
export const checkDeadlines = (yaml: YamlFile): readonly Fault[] => [
  ...missingPeople(yaml),
  ...longClosures(yaml),
]
