import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { DelayedWakes } from '../lead-ports.ts'
import type { Alarms, Clock } from '../ports.ts'

/** Short waits as alarms like all others: they are in the hands of whoever moves the clock. */
export const memoryDelayedWakes = (alarms: Alarms, clock: Clock): DelayedWakes => ({
  later: async (wake, seconds) => {
    const at = addMilliseconds(clock(), seconds * 1000)
    await alarms.set(`later:${wake.leadId}:${at}`, at, { type: 'wake', ...wake })
  },
})
