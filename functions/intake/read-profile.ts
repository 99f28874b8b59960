import * as z from 'zod/mini'
import type { IntakePorts } from './intake-ports.ts'

const dataSchema = z.object({ known: z.array(z.string()), to: z.optional(z.string()) })

/** What the link of an email says of whoever comes by it. */
export interface Profile {
  /** Names of attributes that are known. */
  readonly known: readonly string[]
  /** What stands for the mailbox that the link was sent to. */
  readonly to?: string
}

/**
 * What is known already of whoever comes by a link of an email: names of attributes, as signed when it was sent, and no
 * values. Nothing is looked up, so a form can tell nobody whether somebody is known.
 */
export const makeReadProfile =
  ({ tokens, clock }: Pick<IntakePorts, 'tokens' | 'clock'>) =>
  (token: string | undefined): Profile => {
    if (token === undefined) return { known: [] }
    const claims = tokens.verify('profile', token, clock())
    const { known = [], to } = z.safeParse(dataSchema, claims?.data).data ?? {}
    return { known, ...(to !== undefined && { to }) }
  }
