import { z } from 'zod'
import type { SendingHours } from '../settings.ts'
import { date, time, weekdays } from './common-schema.ts'
import { object } from './object.ts'

const endOfDay = z.literal('24:00')

/** As business hours, and a window may last until the end of the day. */
export const sendingHours: z.ZodType<SendingHours> = object({
  days: z.array(z.enum(weekdays)).min(1).describe('Weekdays: mon … sun'),
  from: time,
  to: z.union([time, endOfDay], 'a time is HH:MM, from 00:00 to 24:00'),
  holidays: z.array(date).exactOptional().describe('Days on which nothing is sent, such as 2026-12-25'),
}).superRefine((value, context) => {
  if (value.from >= value.to)
    context.addIssue({
      code: 'custom',
      path: ['to'],
      message: `"to" must be later than "from" (${value.from})`,
    })
})
