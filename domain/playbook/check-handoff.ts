import { parseDuration } from '../duration.ts'
import { acceptDeadlines, checkAccept } from './check-accept.ts'
import { checkDeadlines } from './check-deadlines.ts'
import { checkNotify } from './check-notify.ts'
import { checkTeams } from './check-teams.ts'
import type { Fault } from './fault.ts'
import { isRecord, rawAt, rawEntries, rawList, rawText } from './raw.ts'
import { whyNever } from './reachable.ts'
import type { ScoreBounds } from './score-bounds.ts'
import type { YamlFile } from './yaml-file.ts'

const route = (yaml: YamlFile): readonly Fault[] => {
  const rules = rawList(yaml.root, 'route')
  const last = rules.length - 1
  return rules.flatMap((rule, index) => {
    if (!isRecord(rule)) return []
    const conditional = rawAt(rule, 'when') !== undefined
    if (index === last && conditional)
      return [
        yaml.fault(['route', index, 'when'], 'the last route takes every lead: it has no "when"', {
          at: 'key',
        }),
      ]
    if (index < last && !conditional)
      return [yaml.fault(['route', index], 'the routes after this one are never reached: it has no "when"')]
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

/** A pause that ends before the deadline could qualify a lead again whose handoff is still open. */
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

/** What the schema of `handoff.yaml` cannot say. */
export const checkHandoff = (yaml: YamlFile, bounds: ScoreBounds): readonly Fault[] => [
  ...qualify(yaml, bounds),
  ...some(yaml),
  ...route(yaml),
  ...checkAccept(yaml),
  ...pauses(yaml),
  ...checkTeams(yaml),
  ...checkDeadlines(yaml),
  ...checkNotify(yaml),
]
