import { z } from 'zod'
import { id, text } from './common-schema.ts'
import { object } from './object.ts'

export interface FrontMatter {
  readonly subject: string
  readonly preheader: string
  readonly kind: 'marketing' | 'transactional'
  readonly purpose?: string
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
  })
