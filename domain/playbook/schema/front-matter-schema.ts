import { z } from 'zod'
import { id, text } from './common-schema.ts'
import { object } from './object.ts'

export interface FrontMatter {
  readonly subject: string
  readonly preheader: string
  readonly kind: 'marketing' | 'transactional'
  readonly purpose?: string
  /** Why the reader gets it, for the foot of the layout: `email.reason`. */
  readonly reason?: string
}

const oneLine = text.max(500).regex(/^[^\r\n]*$/, 'must be a single line')

/** What stands between the two `---` lines of an email. */
export const frontMatterSchema = (): z.ZodType<FrontMatter> =>
  object({
    subject: oneLine,
    preheader: oneLine.describe('What the inbox shows beside the subject'),
    kind: z.enum(['marketing', 'transactional']),
    purpose: id
      .exactOptional()
      .describe('What the reader must have consented to, of settings.yaml; absent: the first one'),
    reason: oneLine
      .exactOptional()
      .describe('Why the reader gets this email, for the foot: {{ email.reason }} in emails/_layout.mjml'),
  })
