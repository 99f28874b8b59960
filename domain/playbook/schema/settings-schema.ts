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
  language,
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
  'any browser can send this: only types that show interest are allowed',
)

const tracking = (checks: Checks): z.ZodType<TrackingSettings> =>
  object({
    origins: z.array(origin).exactOptional().describe('Sites that use the snippet; absent: any'),
    types: z
      .array(checked(reportedType, checks.newActivityType))
      .exactOptional()
      .describe('Further types that pages may report besides page.viewed and page.engaged'),
  })

const parameter = z.string().regex(/^\S{1,100}$/, 'must be 1 to 100 characters without spaces')

const host = z
  .string()
  .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)*(:\d{1,5})?$/, 'must be a host in lower case, such as www.example.com')

const utm: z.ZodType<UtmSettings> = object({
  source: parameter,
  medium: parameter,
  hosts: z
    .array(host)
    .exactOptional()
    .describe('Hosts whose links get them; absent: the site of the imprint'),
})

const colour = z.string().regex(/^#[0-9a-f]{6}$/i, 'a colour is # and six digits, such as #0e6157')

/** Font families, without characters that could end the CSS declaration. */
const font = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9 ,'-]{0,199}$/,
    "a font is sans, serif, rounded, mono or a list such as Georgia, 'Times New Roman'",
  )

const brand: z.ZodType<Brand> = object({
  logo: z
    .union(
      [secureUrl, z.string().regex(/^assets\/[^/]+$/)],
      'must be an https:// address, or a file of the playbook: assets/logo.png',
    )
    .exactOptional()
    .describe('Address of an image, about 40 pixels high, or a file of the playbook: assets/logo.png'),
  accent: colour
    .exactOptional()
    .describe(
      'Colour of buttons and links: #0e6157. Text on it is black or white, whichever is more legible',
    ),
  background: colour.exactOptional().describe('Colour behind the content: #f1f0eb'),
  font: font.exactOptional().describe('sans, serif, rounded, mono, or families: Georgia, serif'),
})

const colleagues = z.array(address).max(50)

const doubleOptIn: z.ZodType<DoubleOptIn> = object({
  reminder: z
    .union([z.literal(false), duration], 'false, or a duration such as 3d')
    .exactOptional()
    .describe('Time without an answer until the one reminder; false: none. Absent: 3d'),
  expires: duration.exactOptional().describe('Time until the request and its link expire; absent: 30d'),
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
          'The privacy policy: an address, or one for each language; {{ company.privacy }} in emails, false if there is none',
        ),
    }).describe('Shown in the footer of every email and page'),
    tone: z.enum(['sie', 'du']).exactOptional().describe('German form of address on pages; absent: sie'),
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
        `the first purpose is the default of emails, and "${trackingPurpose}" does not permit emails`,
      )
      .exactOptional()
      .describe(
        'Purposes of consent; the first is the default of emails, and tracking permits measuring opens and clicks',
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
        .describe('Absent: 5000; a single form may use half of it'),
    })
      .exactOptional()
      .describe('Limit of confirmation emails to all addresses together; the rest wait'),
    doubleOptIn: doubleOptIn.exactOptional().describe('Handling of consents that are not confirmed'),
    retention: object({
      visitors: span
        .exactOptional()
        .describe('Browsers without an address, since their last visit; absent: for ever'),
      inactive: span.exactOptional().describe('People, since their last activity; absent: for ever'),
    })
      .exactOptional()
      .describe('How long to keep the data of people without any other tie to the company; absent: for ever'),
    unsubscribe: object({ mailto: address })
      .exactOptional()
      .describe('A second way to unsubscribe: a mailbox of yours that people can write to'),
    softBounces: object({ most: z.int().min(1).max(100), per: duration })
      .exactOptional()
      .describe('Number of soft bounces within a period that stops all mail to an address; absent: 3 in 14d'),
    caps: z
      .array(object({ emails: z.int().min(1), per: duration }))
      .exactOptional()
      .describe('Most marketing emails to one person; the rest wait. Absent: no limit'),
    tracking: tracking(checks).exactOptional().describe('What the snippet /t.js reports of visitors'),
    utm: utm.exactOptional().describe('Parameters that links in marketing emails get'),
    report: object({
      weekly: colleagues
        .exactOptional()
        .describe('Addresses that get the figures of the week before on Mondays'),
      monthly: colleagues
        .exactOptional()
        .describe('Addresses that get those of the month before on its first day'),
      language: language.exactOptional().describe('Absent: the first of languages'),
    })
      .exactOptional()
      .describe('Who gets the figures of both teams by email; absent: nobody'),
  })
