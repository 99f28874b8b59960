import { z } from 'zod'
import type { SendingHours } from '../settings.ts'
import { date, time, weekdays } from './common-schema.ts'
import { object } from './object.ts'

const endOfDay = '24:00'
const until = z.union([time, z.literal(endOfDay)], 'a time is HH:MM, from 00:00 to 24:00')

const days = z
  .array(z.enum(weekdays))
  .min(1)
  .describe('Weekdays: mon … sun. Of hours over midnight, those after it belong to the next day')
const holidays = z.array(date).exactOptional().describe('Days on which nothing is sent, such as 2026-12-25')

interface Span {
  readonly from: string
  readonly to: string
}

const lasts = ({ from, to }: Span, context: z.core.$RefinementCtx): void => {
  if (from === to) context.addIssue({ code: 'custom', path: ['to'], message: `"to" is the same as "from"` })
}

const quietHours = object({ from: time, to: until }).superRefine(lasts)

/** Hours in which mail goes out, or those in which it does not: from a time to another, over midnight as well. */
export const sendingHours: z.ZodType<SendingHours> = z.union([
  object({ days, from: time.describe('From then on mail goes out'), to: until, holidays }).superRefine(lasts),
  object({
    days,
    quiet: quietHours.describe('No mail goes out from then to then; at all other times it does'),
    holidays,
  }).transform(({ quiet, ...rest }) => ({
    ...rest,
    from: quiet.to === endOfDay ? '00:00' : quiet.to,
    to: quiet.from,
  })),
])
