import { z } from 'zod'
import type { Settings } from '../settings.ts'
import { address, duration, hours, languages, text, timeZone, url } from './common-schema.ts'
import { object } from './object.ts'

export const settingsSchema = (): z.ZodType<Settings> =>
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
    sending: hours.exactOptional().describe("Marketing mail only then, in the lead's zone; absent: always"),
    caps: z
      .array(object({ emails: z.int().min(1), per: duration }))
      .exactOptional()
      .describe('At most so many marketing emails to one lead; absent: no limit'),
  })
