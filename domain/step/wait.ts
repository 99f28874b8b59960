import { addMilliseconds, nextLocalTime, wordDuration } from '../time/local-time.ts'
import { one, passed, type StepKind, sameEnd } from './step-kind.ts'

const weekdays = 'monday|tuesday|wednesday|thursday|friday|saturday|sunday'
const untilPattern = new RegExp(`^((${weekdays}) )?([01][0-9]|2[0-3]):[0-5][0-9]$`)

export const wait: StepKind<'wait'> = {
  written: { wait: ({ duration }) => duration.transform((length) => one({ type: 'wait', for: length })) },
  take: (step, { now }) => {
    const until = addMilliseconds(now, step.for)
    return { published: { until }, go: { type: 'wait', status: { type: 'waiting', until } } }
  },
  ways: (step, index) => [{ to: index + 1, leaves: (at) => addMilliseconds(at, step.for) }],
  uses: () => ({}),
  words: (step) => `waits ${wordDuration(step.for)}`,
  narrate: ({ minute }) => `waits until ${minute('until')}`,
  coming: passed,
  /** One whose length has changed ends earlier or later by that. */
  migrated: (step, before, status) => {
    const { until } = status
    const later = before?.type === 'wait' ? step.for - before.for : 0
    return { type: 'waiting', until: addMilliseconds(until, later) }
  },
}

export const waitUntil: StepKind<'wait-until'> = {
  written: {
    wait: ({ z, object }) =>
      object({
        until: z
          .string()
          .regex(untilPattern, 'a local moment is HH:MM, or a weekday and HH:MM: tuesday 10:00')
          .describe("In the lead's time zone: 10:00 or tuesday 10:00"),
      }).transform(({ until }) => {
        const [time = '', weekday] = until.split(' ').reverse()
        return one({ type: 'wait-until', ...(weekday === undefined ? {} : { weekday }), time })
      }),
  },
  take: (step, { lead, now }) => {
    const until = nextLocalTime(now, step, lead.timeZone)
    return { published: { until }, go: { type: 'wait', status: { type: 'waiting', until } } }
  },
  ways: (step, index) => [{ to: index + 1, leaves: (at, zone) => nextLocalTime(at, step, zone) }],
  uses: () => ({}),
  words: ({ weekday, time }) => `waits until ${weekday === undefined ? '' : `${weekday} `}${time}`,
  narrate: ({ minute }) => `waits until ${minute('until')}`,
  coming: passed,
  migrated: sameEnd,
}

/** Until the lead does something, or until the time is up. */
export const waitFor: StepKind<'wait-for'> = {
  written: {
    wait: ({ object, activityType, duration }) =>
      object({ for: activityType, timeout: duration })
        .describe('Until the lead does this, or the timeout passes; `if: did(…)` then shows which')
        .transform((step) => one({ type: 'wait-for', activity: step.for, timeout: step.timeout })),
  },
  take: ({ activity, timeout }, { now }) => {
    const until = addMilliseconds(now, timeout)
    return {
      published: { until, for: activity },
      go: { type: 'wait', status: { type: 'waiting', until, for: activity, since: now } },
    }
  },
  ways: ({ timeout }, index) => [{ to: index + 1, leaves: (at) => addMilliseconds(at, timeout) }],
  uses: ({ activity }) => ({ activities: [activity] }),
  words: ({ activity, timeout }) => `waits for ${activity}, at most ${wordDuration(timeout)}`,
  narrate: ({ text, minute }) => `waits for ${text('for')}, until ${minute('until')}`,
  coming: 'words',
  migrated: ({ activity }, _before, { until, since = until }) => ({
    type: 'waiting',
    until,
    for: activity,
    since,
  }),
}
