import * as z from 'zod/mini'
import type { Fact } from '../../domain/activity/activity.ts'
import type { Form } from '../../domain/form/form.ts'
import { localize } from '../../domain/form/localize.ts'
import { isJsonObject, type JsonObject } from '../../domain/json.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { PreferencePorts } from './preference-ports.ts'

/** What a link of double opt-in stands for. */
export interface Confirmation {
  readonly leadId: LeadId
  readonly factId: string
  readonly purpose: string
  /** Of the box that was ticked beside it. */
  readonly furtherPurpose?: string
  readonly language: string
  readonly formId: string
  /** Absent when the playbook no longer has the form: the consent given counts all the same. */
  readonly form?: Form
}

const dataSchema = z.object({
  form: z.string(),
  purpose: z.string(),
  furtherPurpose: z.optional(z.string()),
  language: z.string(),
  factId: z.string(),
})

/** @returns undefined when the link is forged, for something else, or expired by `now`. */
export const makeReadConfirmation =
  ({ tokens, playbook }: Pick<PreferencePorts, 'tokens' | 'playbook'>) =>
  (token: string, now: string): Confirmation | undefined => {
    const claims = tokens.verify('confirm', token, now)
    const { data } = z.safeParse(dataSchema, claims?.data)
    if (claims === undefined || data === undefined) return undefined
    const { form: formId, furtherPurpose, ...rest } = data
    const form = Object.hasOwn(playbook.forms, formId) ? playbook.forms[formId] : undefined
    return {
      leadId: claims.leadId,
      formId,
      ...rest,
      ...(furtherPurpose === undefined ? {} : { furtherPurpose }),
      ...(form === undefined ? {} : { form }),
    }
  }

const wordingIn = ({ wording }: JsonObject): string | undefined =>
  typeof wording === 'string' ? wording : undefined

/** One consent that a link gives. */
export interface LinkedConsent {
  readonly purpose: string
  readonly wording: string | undefined
}

const wordingOf = (
  { form, factId, language }: Confirmation,
  purpose: string,
  facts: readonly Pick<Fact, 'id' | 'properties'>[],
): string | undefined => {
  const { optIn, ...own } = facts.find(({ id }) => id === factId)?.properties ?? {}
  const isBox = isJsonObject(optIn) && optIn.purpose === purpose
  const read = wordingIn(isBox ? optIn : own)
  const wording = form?.optIn?.purpose === purpose ? form.optIn.wording : form?.wording
  return read ?? (wording && localize(wording, language))
}

/**
 * What the person confirms, the form's own purpose first, in the wording that was read when the form was sent, whatever
 * the form says by now.
 * @param facts of the lead; where the submission is not among them, the form's wording of today.
 */
export const consentsOf = (
  confirmation: Confirmation,
  facts: readonly Pick<Fact, 'id' | 'properties'>[],
): readonly LinkedConsent[] => {
  const { purpose, furtherPurpose } = confirmation
  const purposes = furtherPurpose === undefined ? [purpose] : [purpose, furtherPurpose]
  return purposes.map((one) => ({ purpose: one, wording: wordingOf(confirmation, one, facts) }))
}

/** The browser in which the form was filled in: it is theirs once they confirm. */
export const visitorOf = (
  { factId }: Confirmation,
  facts: readonly Pick<Fact, 'id' | 'properties'>[],
): string | undefined => {
  const visitorId = facts.find(({ id }) => id === factId)?.properties.visitorId
  return typeof visitorId === 'string' ? visitorId : undefined
}

/** Room for the ending in a fact id of at most 128 characters. */
const longestStem = 118

/** Records that it was somebody else: the same fact however often the button is pressed. */
export const makeRefuseConfirmation =
  ({ bus, clock, digest }: Pick<PreferencePorts, 'bus' | 'clock' | 'digest'>) =>
  ({ leadId, factId, formId }: Confirmation): Promise<void> =>
    bus.submit([
      {
        id: `${factId.length > longestStem ? digest(factId) : factId}:refused`,
        type: 'confirmation.refused',
        subject: { leadId },
        occurredAt: clock(),
        timeAssumed: true,
        properties: { form: formId, submission: factId },
      },
    ])

/** The fact that confirms a purpose: the same however often the button is pressed. */
export const confirmationId = (
  { factId, purpose: own }: Confirmation,
  purpose: string,
  digest: PreferencePorts['digest'],
): string =>
  `${factId.length > longestStem ? digest(factId) : factId}:${purpose === own ? 'confirmed' : 'opted-in'}`

/** Records each consent with its evidence; confirming again is the same facts. */
export const makeConfirmConsent =
  ({ bus, clock, digest }: Pick<PreferencePorts, 'bus' | 'clock' | 'digest'>) =>
  async (
    confirmation: Confirmation,
    consents: readonly LinkedConsent[],
    visitorId: string | undefined,
  ): Promise<void> => {
    const { leadId, factId, language, formId } = confirmation
    const occurredAt = clock()
    await bus.submit(
      consents.map(({ purpose, wording }) => ({
        id: confirmationId(confirmation, purpose, digest),
        type: 'consent.granted',
        subject: { leadId },
        occurredAt,
        timeAssumed: true,
        properties: {
          form: formId,
          purpose,
          language,
          ...(wording === undefined ? {} : { wording, wordingHash: digest(wording) }),
          submission: factId,
          confirmed: true,
          how: 'double-opt-in',
          ...(visitorId === undefined ? {} : { visitorId }),
        },
      })),
    )
  }
