import { Temporal } from 'temporal-polyfill'
import type { Member, Team } from './handoff-rules.ts'

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

const localTime = (now: string, { timeZone }: Pick<Team, 'timeZone'>): Temporal.ZonedDateTime =>
  Temporal.Instant.from(now).toZonedDateTimeISO(timeZone)

/** Whether `now` is on one of the days on which the member is away, first and last included, in the team's zone. */
export const isAbsent = ({ absent = [] }: Member, team: Pick<Team, 'timeZone'>, now: string): boolean => {
  if (absent.length === 0) return false
  const today = localTime(now, team).toPlainDate().toString()
  return absent.some(({ from, to }) => from <= today && today <= to)
}

/** Whether the member is at work at `now`: by their own hours, else by the team's; the moment of closing is not. */
export const isAtWork = ({ hours }: Member, team: Team, now: string): boolean => {
  const { days, from, to } = hours ?? team.hours
  const local = localTime(now, team)
  const weekday = weekdays[local.dayOfWeek - 1]
  const time = local.toPlainTime().toString({ smallestUnit: 'minute' })
  return (
    weekday !== undefined &&
    days.includes(weekday) &&
    !team.holidays.includes(local.toPlainDate().toString()) &&
    from <= time &&
    time < to
  )
}
