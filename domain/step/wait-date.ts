import type { DateWait } from '../model/sequence.ts'
import { dayOf, momentNear } from '../time/date-value.ts'
import { addMilliseconds, wordDuration } from '../time/local-time.ts'
import { type LeadContext, one, type StepKind, type StepSchemas, type Waiting } from './step-kind.ts'

const dayLength = 86_400_000

/** When the wait is over where its author names no time. */
const dateTime = '09:00'

/** Dates have no hours. */
const wholeDays = (duration: StepSchemas['duration']) =>
  duration.refine(
    (wait) => wait % dayLength === 0,
    'the time before or after a date is given in days or weeks: 60d, 8w',
  )

/** No timer is set further ahead; when it goes off, the date is looked at again. */
const furthest = 10 * 365 * dayLength

/** Why a run ends whose lead has no such date, or something else in its place. */
export const noDate = 'no-date'

/** When a wait for a date is over, RFC 3339 UTC, as the lead is now; undefined where it has no such date. */
export const dateMoment = (
  { attribute, days, time }: DateWait,
  lead: Pick<LeadContext, 'attribute' | 'timeZone'>,
): string | undefined => {
  const day = dayOf(lead.attribute(attribute), lead.timeZone)
  return day === undefined ? undefined : momentNear(day, days, time, lead.timeZone)
}

/** What a run waits for whose date is ahead. @param moment after `now`. */
export const dateStatus = ({ attribute }: DateWait, moment: string, now: string): Waiting => {
  const latest = addMilliseconds(now, furthest)
  return { type: 'waiting', until: moment < latest ? moment : latest, date: attribute }
}

/** Whether a run that waits until then waits for this moment already. */
export const isSameDate = (until: string, moment: string, now: string): boolean =>
  until === moment || (until < moment && moment > addMilliseconds(now, furthest))

const wordDate = ({ attribute, days, time }: DateWait): string => {
  if (days === 0) return `${attribute}, ${time}`
  return `${wordDuration(Math.abs(days) * dayLength)} ${days < 0 ? 'before' : 'after'} ${attribute}, ${time}`
}

export const waitDate: StepKind<'wait-date'> = {
  written: {
    wait: ({ object, dateAttribute, duration, time }) =>
      object({
        date: dateAttribute.describe(
          'Date attribute of the lead, such as renewsAt. The run follows it when it changes. ' +
            'A lead without it leaves the sequence here',
        ),
        before: wholeDays(duration).exactOptional().describe('Time before that date: 60d, 8w'),
        after: wholeDays(duration)
          .exactOptional()
          .describe('Time after that date: 30d. Neither "before" nor "after": on the day'),
        at: time.exactOptional().describe("At this time of the day, in the lead's time zone; absent: 09:00"),
      })
        .describe('Until some time before or after a date attribute of the lead')
        .transform(({ date, before = 0, after = 0, at = dateTime }) =>
          one({ type: 'wait-date', attribute: date, days: (after - before) / dayLength, time: at }),
        ),
  },
  take: (step, { lead, now }) => {
    const date = step.attribute
    const moment = dateMoment(step, lead)
    if (moment === undefined) return { published: { date }, go: { type: 'end', because: noDate } }
    if (moment <= now) return { published: { date, until: moment }, go: { type: 'next', due: moment } }
    const status = dateStatus(step, moment, now)
    return { published: { date, until: status.until }, go: { type: 'wait', status } }
  },
  ways: (_step, index) => [{ to: index + 1, leaves: () => null }],
  uses: ({ attribute }) => ({ dates: [attribute] }),
  words: (step) => `waits until ${wordDate(step)}`,
  narrate: ({ text, minute }) =>
    text('until') === ''
      ? `finds no date in ${text('date')}`
      : `waits until ${minute('until')}, by ${text('date')}`,
  coming: 'words',
  /** The date is looked at when the wait is over. */
  migrated: ({ attribute, days }, before, { until }) => {
    const isSame = before?.type === 'wait-date' && before.attribute === attribute
    const later = isSame ? (days - before.days) * dayLength : 0
    return { type: 'waiting', until: addMilliseconds(until, later), date: attribute }
  },
}
