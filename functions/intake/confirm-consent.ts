import * as z from 'zod/mini'
import type { Form } from '../../domain/form/form.ts'
import { localize } from '../../domain/form/localize.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { IntakePorts } from './intake-ports.ts'

/** What a link of double opt-in stands for. */
export interface Confirmation {
  readonly leadId: LeadId
  readonly factId: string
  readonly purpose: string
  readonly language: string
  readonly formId: string
  /** Absent when the playbook no longer has the form: the consent given counts all the same. */
  readonly form?: Form
}

const dataSchema = z.object({
  form: z.string(),
  purpose: z.string(),
  language: z.string(),
  factId: z.string(),
})

/** @returns undefined when the link is forged, expired or for something else. */
export const makeReadConfirmation =
  ({ tokens, clock, playbook }: Pick<IntakePorts, 'tokens' | 'clock' | 'playbook'>) =>
  (token: string): Confirmation | undefined => {
    const claims = tokens.verify('confirm', token, clock())
    const { data } = z.safeParse(dataSchema, claims?.data)
    if (claims === undefined || data === undefined) return undefined
    const { form: formId, ...rest } = data
    const form = Object.hasOwn(playbook.forms, formId) ? playbook.forms[formId] : undefined
    return { leadId: claims.leadId, formId, ...rest, ...(form === undefined ? {} : { form }) }
  }

/** The wording that the person confirms, as shown. */
export const wordingOf = ({ form, language, purpose }: Confirmation): string | undefined => {
  const wording = form?.optIn?.purpose === purpose ? form.optIn.wording : form?.wording
  return wording && localize(wording, language)
}

/** Room for the ending in a fact id of at most 128 characters. */
const longestStem = 118

/** Records the consent with its evidence; confirming again is the same fact. */
export const makeConfirmConsent =
  ({ bus, clock, digest }: Pick<IntakePorts, 'bus' | 'clock' | 'digest'>) =>
  async (confirmation: Confirmation): Promise<void> => {
    const { leadId, factId, purpose, language, formId } = confirmation
    const wording = wordingOf(confirmation)
    const stem = factId.length > longestStem ? digest(factId) : factId
    await bus.submit([
      {
        id: `${stem}:confirmed`,
        type: 'consent.granted',
        subject: { leadId },
        occurredAt: clock(),
        timeAssumed: true,
        properties: {
          form: formId,
          purpose,
          language,
          ...(wording === undefined ? {} : { wording, wordingHash: digest(wording) }),
          submission: factId,
          confirmed: true,
          how: 'double-opt-in',
        },
      },
    ])
  }
