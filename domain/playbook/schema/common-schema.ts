import { z } from 'zod'
import { didYouMean } from '../../model/did-you-mean.ts'
import { type SendingHours, weekdays } from '../../model/settings.ts'
import { durationPattern, parseDuration, parseSpan, spanPattern } from '../../time/local-time.ts'

/** An object without other keys. Its `unrecognized_keys` issue lists the valid keys as message, to suggest the nearest. */
export const object = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined),
  })

/** A text with at least one visible character. */
export const text = z.string().regex(/\S/, 'must not be empty').max(10_000)

export const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,63}$/, 'an id consists of lower-case letters, digits, - and _ (at most 64)')

const durationMessage = 'a duration is a whole number and m, h, d or w: 90m, 4h, 3d, 2w'

/** Parsed to milliseconds. */
export const duration = z
  .string(durationMessage)
  .regex(durationPattern, durationMessage)
  .transform((source, context) => {
    const milliseconds = parseDuration(source)
    if (milliseconds !== undefined) return milliseconds
    context.addIssue({ code: 'custom', message: durationMessage })
    return z.NEVER
  })
  .describe('A duration: 90m, 4h, 3d, 2w')

const spanMessage = 'a retention period is a whole number and d, w or y: 90d, 12w, 3y (up to 99y)'

/** Parsed to milliseconds. */
export const span = z
  .string(spanMessage)
  .regex(spanPattern, spanMessage)
  .transform((source, context) => {
    const milliseconds = parseSpan(source)
    if (milliseconds !== undefined) return milliseconds
    context.addIssue({ code: 'custom', message: spanMessage })
    return z.NEVER
  })
  .describe('A retention period: 90d, 12w, 3y')

/** A time of day on the clock. */
export const time = z
  .string()
  .regex(/^([01][0-9]|2[0-3]):[0-5][0-9]$/, 'a time is HH:MM, from 00:00 to 23:59')

export const hours = object({
  days: z.array(z.enum(weekdays)).min(1).describe('Weekdays: mon … sun'),
  from: time,
  to: time,
}).superRefine((value, context) => {
  if (value.from >= value.to)
    context.addIssue({
      code: 'custom',
      path: ['to'],
      message: `"to" must be later than "from" (${value.from})`,
    })
})

const isTimeZone = (zone: string): boolean => {
  try {
    return /^[A-Z]/i.test(zone) && new Intl.DateTimeFormat('en', { timeZone: zone }) !== undefined
  } catch {
    return false
  }
}

export const timeZone = z.string().refine(isTimeZone, {
  error: ({ input }) =>
    `not a time zone of the IANA database, such as Europe/Berlin${didYouMean(String(input), Intl.supportedValuesOf('timeZone'))}`,
})

/** Whether it is a canonical language tag. */
export const isLanguage = (tag: string): boolean => {
  try {
    return /^[a-z]{2,3}(-|$)/i.test(tag) && Intl.getCanonicalLocales(tag)[0] === tag
  } catch {
    return false
  }
}

/** Canonical BCP 47. */
export const language = z
  .string('one language tag (BCP 47), such as de')
  .refine(isLanguage, 'not a language tag (BCP 47), such as de or en-GB')

export const languages = z.tuple([language], language).describe('The first is the fallback')

export const localized = z.record(language, text).describe('A text for each language')

const emailPattern = /^[^\s@<>(),;:"\\[\]]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$/i

export const address = z.string().max(254).regex(emailPattern, 'not an email address')

/** This machine, for local tests of a site. */
const loopback: ReadonlySet<string> = new Set(['localhost', '127.0.0.1', '[::1]'])

const isSafeUrl = (source: string): boolean => {
  const url = URL.parse(source)
  return url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.has(url.hostname))
}

export const url = z.string().refine(isSafeUrl, 'must be an https:// address (http://localhost is allowed)')

/** An https URL, required on public pages. */
export const secureUrl = z
  .string()
  .max(2048)
  .refine((source) => URL.parse(source)?.protocol === 'https:', 'must be an https:// address')

/** One address for everybody, or one for each language. */
export const privacy = z.union(
  [secureUrl, z.record(language, secureUrl)],
  'must be an https:// address, or one for each language',
)

export const origin = z
  .string()
  .refine(
    (source) => isSafeUrl(source) && URL.parse(source)?.origin === source,
    'must be an origin: https://host, without a path or a slash at its end; on this machine also http://localhost:PORT and http://127.0.0.1:PORT',
  )

const isDate = (source: string): boolean => {
  const at = new Date(`${source}T00:00:00.000Z`)
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(source)
}

export const date = z.string().refine((source) => /^\d{4}-\d\d-\d\d$/.test(source) && isDate(source), {
  error: 'not a date (YYYY-MM-DD)',
})

export const activityTypePattern = /^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/

export const activityType = z
  .string()
  .max(128)
  .regex(activityTypePattern, 'an activity type is noun.verb in lower case, such as demo.requested')

export const attributeName = z
  .string()
  .regex(
    /^[A-Za-z][A-Za-z0-9_]{0,63}$/,
    'the name of an attribute consists of letters, digits and _, and begins with a letter',
  )

const endOfDay = '24:00'
const until = z.union([time, z.literal(endOfDay)], 'a time is HH:MM, from 00:00 to 24:00')

const days = z
  .array(z.enum(weekdays))
  .min(1)
  .describe('Weekdays: mon … sun. Hours after midnight belong to the next day')
const holidays = z.array(date).exactOptional().describe('Days on which nothing is sent, such as 2026-12-25')

interface Span {
  readonly from: string
  readonly to: string
}

const lasts = ({ from, to }: Span, context: z.core.$RefinementCtx): void => {
  if (from === to) context.addIssue({ code: 'custom', path: ['to'], message: `"to" is the same as "from"` })
}

const quietHours = object({ from: time, to: until }).superRefine(lasts)

/** Hours in which mail is sent, or quiet hours; both may span midnight. */
export const sendingHours: z.ZodType<SendingHours> = z.union([
  object({ days, from: time.describe('Beginning of sending'), to: until, holidays }).superRefine(lasts),
  object({
    days,
    quiet: quietHours.describe('Quiet hours, which may span midnight: mail is sent at all other times'),
    holidays,
  }).transform(({ quiet, ...rest }) => ({
    ...rest,
    from: quiet.to === endOfDay ? '00:00' : quiet.to,
    to: quiet.from,
  })),
])
