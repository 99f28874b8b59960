import { z } from 'zod'
import { trackingPurpose } from '../../consent/tracking-consent.ts'
import type { Checks } from '../checks.ts'
import type { Settings } from '../settings.ts'
import { address, duration, id, languages, localized, text, timeZone, url } from './common-schema.ts'
import { object } from './object.ts'
import { sendingHours } from './sending-schema.ts'
import { tracking, utm } from './tracking-schema.ts'

export const settingsSchema = (checks: Checks): z.ZodType<Settings> =>
  object({
    company: object({ name: text, address: text, imprint: url }).describe(
      'Stands in the foot of every email',
    ),
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
      .describe('What people may consent to; the first is that of emails which name none'),
    sending: sendingHours
      .exactOptional()
      .describe("Marketing mail only then, in the lead's zone; absent: always"),
    unsubscribe: object({ mailto: address })
      .exactOptional()
      .describe('A mailbox of yours that people may write to instead of following the link to leave'),
    softBounces: object({ most: z.int().min(1).max(100), per: duration })
      .exactOptional()
      .describe('So many soft bounces in so long stop all mail to an address; absent: 3 in 14d'),
    caps: z
      .array(object({ emails: z.int().min(1), per: duration }))
      .exactOptional()
      .describe('At most so many marketing emails to one lead; absent: no limit'),
    tracking: tracking(checks).exactOptional().describe('What the snippet /t.js reports of visitors'),
    utm: utm.exactOptional().describe('Parameters that links in marketing emails get'),
  })
