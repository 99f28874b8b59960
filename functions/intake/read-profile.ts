import * as z from 'zod/mini'
import type { IntakePorts } from './intake-ports.ts'

const dataSchema = z.object({ known: z.array(z.string()) })

/**
 * What is known already of whoever comes by a link of an email: names of attributes, as signed when it was sent, and no
 * values. Nothing is looked up, so a form can tell nobody whether somebody is known.
 */
export const makeReadProfile =
  ({ tokens, clock }: Pick<IntakePorts, 'tokens' | 'clock'>) =>
  (token: string | undefined): readonly string[] => {
    if (token === undefined) return []
    const claims = tokens.verify('profile', token, clock())
    return z.safeParse(dataSchema, claims?.data).data?.known ?? []
  }
