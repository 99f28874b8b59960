import { Temporal } from 'temporal-polyfill'
import type { Fact } from '../../activity/activity.ts'
import { activityWords } from '../../email/activity-words.ts'
import { neutralText } from '../../email/neutral-text.ts'
import type { Json } from '../../json.ts'
import { readableDay } from '../../time/readable-time.ts'
import type { Reader } from './reader.ts'

/** What somebody did on one day, told in one line. */
export interface TimelineRow {
  /** Of the latest, RFC 3339 UTC. */
  readonly at: string
  /** The day, as the reader writes it. */
  readonly when: string
  readonly type: string
  readonly text: string
  readonly count: number
}

const rowLimit = 50
/** Things named in one line. */
const namedLimit = 3

/** Properties that say which thing an activity was about, best first. */
const telling = [
  'title',
  'name',
  'path',
  'url',
  'email',
  'form',
  'campaign',
  'channel',
  'rating',
  'seconds',
  'amount',
  'reason',
  'outcome',
  'orderId',
  'proposalId',
]

/** What is not the lead's doing, or is told elsewhere in the same message. */
const untold = new Set(['email.sent', 'email.delivered', 'profile.updated', 'ad.impression'])

/** Newest first: everything of one kind that happened on one day of the reader's is one line. @param facts those that count, in order. */
export const readableTimeline = (facts: readonly Fact[], reader: Reader): readonly TimelineRow[] => {
  const told = facts.filter((fact) => !untold.has(fact.type) && !isToldByAnother(fact, facts))
  const days = Map.groupBy(told, ({ occurredAt, type }) => `${dayOf(occurredAt, reader.timeZone)} ${type}`)
  return [...days.values()]
    .map((group) => rowOf(group, reader))
    .sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : a.type < b.type ? -1 : 1))
    .slice(0, rowLimit)
}

/** A form that recorded an activity of its own: that one says more. */
const isToldByAnother = ({ id, type }: Fact, facts: readonly Fact[]): boolean =>
  type === 'form.submitted' &&
  facts.some((other) => other.id.startsWith(`${id}~`) && other.type !== 'consent.granted')

const dayOf = (at: string, timeZone: string): string =>
  Temporal.Instant.from(at).toZonedDateTimeISO(timeZone).toPlainDate().toString()

const rowOf = (group: readonly Fact[], { language, timeZone }: Reader): TimelineRow => {
  const latest = group[group.length - 1]
  if (!latest) throw new Error('a day without an activity is no line of a timeline')
  const words = activityWords(latest.type, language) ?? latest.type.replaceAll(/[._]/g, ' ')
  const times = group.length > 1 ? ` (${group.length}×)` : ''
  const about = thingsOf(group)
  return {
    at: latest.occurredAt,
    when: readableDay(language, latest.occurredAt, timeZone),
    type: latest.type,
    text: `${words}${times}${about === '' ? '' : `: ${neutralText(about)}`}`,
    count: group.length,
  }
}

/** `/pricing (3×), /product, …`: the things met most often first. */
const thingsOf = (group: readonly Fact[]): string => {
  const counts = new Map<string, number>()
  for (const { properties } of group) {
    const thing = telling.map((name) => properties[name]).find(isShort)
    if (thing !== undefined) counts.set(`${thing}`, (counts.get(`${thing}`) ?? 0) + 1)
  }
  const named = [...counts].sort(([, a], [, b]) => b - a)
  const shown = named
    .slice(0, namedLimit)
    .map(([thing, count]) => (count > 1 && named.length > 1 ? `${thing} (${count}×)` : thing))
  return [...shown, ...(named.length > namedLimit ? ['…'] : [])].join(', ')
}

const isShort = (value: Json | undefined): value is string | number =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '' && value.length <= 120)
