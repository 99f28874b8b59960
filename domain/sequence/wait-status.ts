import { addMilliseconds, nextLocalTime } from '../time/local-time.ts'
import type { OpenStatus } from './run.ts'
import type { DateWait, Wait } from './sequence.ts'

export type Waiting = Extract<OpenStatus, { type: 'waiting' }>

/** What a run that comes to `step` at `now` waits for; of a date `dateStatus` tells. @param timeZone the lead's (IANA). */
export const waitStatus = (step: Exclude<Wait, DateWait>, now: string, timeZone: string): Waiting => {
  switch (step.type) {
    case 'wait':
      return { type: 'waiting', until: addMilliseconds(now, step.for) }
    case 'wait-until':
      return { type: 'waiting', until: nextLocalTime(now, step, timeZone) }
    case 'wait-for':
      return { type: 'waiting', until: addMilliseconds(now, step.timeout), for: step.activity, since: now }
    default:
      return step satisfies never
  }
}
