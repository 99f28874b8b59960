import { z } from 'zod'
import { whyOwnType } from '../../activity/subject.ts'
import type { Hook, HookActivity, HookSubject, Verification } from '../../model/hook.ts'
import { type Checks, checked } from '../faults.ts'
import { activityType, id as fileId, object } from './common-schema.ts'

const schemes = ['hubspot-v3', 'standard-webhooks', 'hmac-sha256', 'basic', 'token'] as const
type Scheme = (typeof schemes)[number]

const fields = ['header', 'encoding', 'prefix'] as const

/** Further settings of each scheme, and whether they are required. */
const settingsOf: Readonly<
  Record<Scheme, Readonly<Partial<Record<(typeof fields)[number], 'needed' | 'possible'>>>>
> = {
  'hubspot-v3': {},
  'standard-webhooks': {},
  'hmac-sha256': { header: 'needed', encoding: 'needed', prefix: 'possible' },
  basic: {},
  token: { header: 'needed', prefix: 'possible' },
}

const verify = object({
  scheme: z
    .enum(schemes)
    .describe(
      'hubspot-v3: the secret is the client secret of the app; standard-webhooks: it begins with whsec_; hmac-sha256: of the body; basic: it is user:password; token: a header contains it unchanged',
    ),
  header: z
    .string()
    .regex(/^[A-Za-z0-9-]{1,64}$/, 'the name of an HTTP header, such as X-Signature')
    .transform((name) => name.toLowerCase())
    .exactOptional()
    .describe('Header with the signature or token (hmac-sha256, token)'),
  encoding: z.enum(['hex', 'base64']).exactOptional().describe('Encoding of the signature (hmac-sha256)'),
  prefix: z
    .string()
    .min(1)
    .max(64)
    .exactOptional()
    .describe('Prefix in the header, such as "sha256=" or "Bearer " (hmac-sha256, token)'),
})
  .superRefine((given, context) => {
    for (const field of fields) {
      const rule = settingsOf[given.scheme][field]
      if (rule === 'needed' && given[field] === undefined)
        context.addIssue({ code: 'custom', message: `"${field}" is missing`, path: [] })
      if (rule === undefined && given[field] !== undefined)
        context.addIssue({
          code: 'custom',
          message: `"${field}" has no meaning for ${given.scheme}`,
          path: [field],
          params: { at: 'key' },
        })
    }
  })
  .transform(({ scheme, header = '', encoding = 'hex', ...prefix }): Verification => {
    switch (scheme) {
      case 'hmac-sha256':
        return { scheme, header, encoding, ...prefix }
      case 'token':
        return { scheme, header, ...prefix }
      default:
        return { scheme }
    }
  })
  .describe('Authentication of the sender; the secret is in HookSecrets, by the name of this file')

export const hookSchema = (checks: Checks): z.ZodType<Hook> => {
  const expression = (meaning: string) =>
    checked(z.string().regex(/\S/, 'an expression must not be empty'), checks.eventExpression).describe(
      meaning,
    )
  const subject: z.ZodType<HookSubject> = object({
    leadId: expression("Trichter's own id of the lead").exactOptional(),
    email: expression('The address of the person').exactOptional(),
    dealId: expression('A deal, linked to its lead by an activity with leadId or email').exactOptional(),
  })
    .refine((given) => Object.keys(given).length > 0, 'needs leadId, email or dealId')
    .describe('The subject: the first with a value, in the order leadId, email, dealId')
  const type = checked(activityType, checks.newActivityType).superRefine((name, context) => {
    const own = whyOwnType(name)
    if (own !== undefined) context.addIssue({ code: 'custom', message: `${name} ${own}` })
  })
  const id = expression('Identifies the event across redeliveries; absent: its content does')
  const occurredAt = expression(
    'A time: RFC 3339, or seconds or milliseconds since 1970; absent: the time of arrival',
  )
  const properties = z
    .record(
      z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'the name of a property consists of letters, digits and _'),
      expression('A literal text needs quotes within quotes'),
    )
    .describe('CEL expressions; those without a value are left out')
  const shared = {
    id: id.exactOptional(),
    subject: subject.exactOptional(),
    occurredAt: occurredAt.exactOptional(),
    properties: properties.default({}),
  }
  const activity = object({
    when: checked(z.string().regex(/\S/, 'a condition must not be empty'), checks.eventCondition)
      .exactOptional()
      .describe('A condition in CEL on event and body; absent: every event'),
    type,
    ...shared,
  })
  return object({
    id: fileId,
    verify,
    each: z
      .string()
      .regex(/^[^.\s]+(\.[^.\s]+)*$/, 'names separated by dots, such as data.events')
      .transform((path) => path.split('.'))
      .exactOptional()
      .describe('Path to the list of events in the body; absent: the body is the list, or a single event'),
    defaults: object(shared).default({ properties: {} }).describe('Defaults of all activities'),
    activities: z.array(activity).min(1).describe('An event becomes an activity for each entry that applies'),
  }).transform(
    ({ defaults, activities, ...hook }, context): Hook => ({
      ...hook,
      activities: activities.flatMap((own, index): HookActivity[] => {
        const whole = { ...defaults, ...own, properties: { ...defaults.properties, ...own.properties } }
        const { subject: whom } = whole
        if (whom !== undefined) return [{ ...whole, subject: whom }]
        context.addIssue({ code: 'custom', path: ['activities', index], message: '"subject" is missing' })
        return []
      }),
    }),
  )
}
