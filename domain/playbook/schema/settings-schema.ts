import { z } from 'zod'
import { trackingPurpose } from '../../lead/consent.ts'
import type { Brand, DoubleOptIn, Settings, TrackingSettings, UtmSettings } from '../../model/settings.ts'
import { mayBeReported } from '../../tracking/beacon.ts'
import { type Checks, checked } from '../faults.ts'
import {
  activityType,
  address,
  duration,
  id,
  languages,
  localized,
  object,
  origin,
  privacy,
  secureUrl,
  sendingHours,
  span,
  text,
  timeZone,
  url,
} from './common-schema.ts'

const reportedType = activityType.refine(
  mayBeReported,
  'anybody can send this from a browser: only what shows interest may come that way',
)

const tracking = (checks: Checks): z.ZodType<TrackingSettings> =>
  object({
    origins: z.array(origin).exactOptional().describe('Sites that use the snippet; absent: any'),
    types: z
      .array(checked(reportedType, checks.newActivityType))
      .exactOptional()
      .describe('What pages may report besides page.viewed and page.engaged'),
  })

const parameter = z.string().regex(/^\S{1,100}$/, 'must be 1 to 100 characters without spaces')

const host = z
  .string()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/, 'must be a host in lower case, such as www.example.com')

const utm: z.ZodType<UtmSettings> = object({
  source: parameter,
  medium: parameter,
  hosts: z.array(host).exactOptional().describe('Whose links get them; absent: the site of the imprint'),
})

const colour = z.string().regex(/^#[0-9a-f]{6}$/i, 'a colour is # and six digits, such as #0e6157')

/** Names of families and nothing that could end a declaration. */
const font = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9 ,'-]{0,199}$/,
    "a font is sans, serif, rounded, mono or a list such as Georgia, 'Times New Roman'",
  )

const brand: z.ZodType<Brand> = object({
  logo: secureUrl.exactOptional().describe('Address of a picture, about 40 pixels high'),
  accent: colour
    .exactOptional()
    .describe('Of buttons and links: #0e6157. What stands on it is black or white, whichever can be read'),
  background: colour.exactOptional().describe('Behind the content: #f1f0eb'),
  font: font.exactOptional().describe('sans, serif, rounded, mono, or families: Georgia, serif'),
})

const doubleOptIn: z.ZodType<DoubleOptIn> = object({
  reminder: z
    .union([z.literal(false), duration], 'false, or a duration such as 3d')
    .exactOptional()
    .describe('After so long without an answer a reminder goes out, once; false: none. Absent: 3d'),
  expires: duration.exactOptional().describe('After so long the request and its link lapse; absent: 30d'),
}).superRefine(({ reminder, expires }, context) => {
  if (typeof reminder === 'number' && expires !== undefined && reminder >= expires)
    context.addIssue({
      code: 'custom',
      path: ['reminder'],
      message: '"reminder" must come before "expires"; "reminder: false" sends none',
    })
})

export const settingsSchema = (checks: Checks): z.ZodType<Settings> =>
  object({
    company: object({
      name: text,
      address: text,
      imprint: url,
      privacy: privacy
        .exactOptional()
        .describe(
          'The privacy policy: an address, or one for each language; {{ company.privacy }} in emails, false where there is none',
        ),
    }).describe('Stands at the foot of every email and page'),
    tone: z.enum(['sie', 'du']).exactOptional().describe('How pages speak German; absent: sie'),
    brand: brand.exactOptional().describe('How pages, forms and emails look'),
    sender: object({ name: text, email: address, replyTo: address.exactOptional() }),
    timeZone,
    languages,
    identity: object({
      plusTags: z
        .enum(['same', 'distinct'])
        .exactOptional()
        .describe('Whether anna+news@… is anna@…; absent: distinct'),
      case: z.enum(['same', 'distinct']).exactOptional().describe('Whether Anna@… is anna@…; absent: same'),
    })
      .exactOptional()
      .describe("Which addresses are one person's"),
    purposes: z
      .record(id, object({ name: localized, description: localized }))
      .refine((purposes) => Object.keys(purposes).length > 0, 'name at least one purpose')
      .refine(
        (purposes) => Object.keys(purposes)[0] !== trackingPurpose,
        `the first purpose is that of emails, and "${trackingPurpose}" is no leave to write`,
      )
      .exactOptional()
      .describe(
        'What people may consent to; the first is that of emails which name none, and tracking is the leave to measure',
      ),
    sending: sendingHours
      .exactOptional()
      .describe(
        "Marketing mail only then, by the lead's clock: the zone of the profile, else of the country, else yours; absent: always",
      ),
    confirmations: object({
      perMinute: z.int().min(1).max(100_000).exactOptional().describe('Absent: 120'),
      perDay: z
        .int()
        .min(1)
        .max(10_000_000)
        .exactOptional()
        .describe('Absent: 5000; one form may have half of it'),
    })
      .exactOptional()
      .describe('How many emails that ask for a confirmation go out to all addresses together; more wait'),
    doubleOptIn: doubleOptIn
      .exactOptional()
      .describe('What becomes of a consent that is asked for and not confirmed'),
    retention: object({
      visitors: span
        .exactOptional()
        .describe('Browsers without an address, since their last visit; absent: for good'),
      inactive: span.exactOptional().describe('People, since they were last heard of; absent: for good'),
    })
      .exactOptional()
      .describe('Whoever has no other tie is erased after so long; absent: never'),
    unsubscribe: object({ mailto: address })
      .exactOptional()
      .describe('A second way to leave: a mailbox of yours that people may write to'),
    softBounces: object({ most: z.int().min(1).max(100), per: duration })
      .exactOptional()
      .describe('So many soft bounces in so long stop all mail to an address; absent: 3 in 14d'),
    caps: z
      .array(object({ emails: z.int().min(1), per: duration }))
      .exactOptional()
      .describe(
        'At most so many marketing emails to one person; what is more waits for its turn. Absent: no limit',
      ),
    tracking: tracking(checks).exactOptional().describe('What the snippet /t.js reports of visitors'),
    utm: utm.exactOptional().describe('Parameters that links in marketing emails get'),
  })
