import * as z from 'zod/mini'
import { type LeadId, parseLeadId } from './activity.ts'

const text = z.string()
const optionalText = z.exactOptional(text)
const number = z.number()

export const leadIdSchema = z.custom<LeadId>((value) => parseLeadId(value) !== undefined)
export const recipient = z.enum(['lead', 'owner'])

/** Why a run skips an email: it came too late, or its sequence was paused when it was due. */
const skips = ['stale', 'skipped-paused'] as const

export type Skip = (typeof skips)[number]

/** Data of `EmailRequested`. */
export const emailRequest = z.object({
  /** Idempotency key of the email. */
  sendId: text,
  email: text,
  recipient,
  playbookVersion: optionalText,
  /** The form whose consent a confirmation email is about. */
  confirmation: z.exactOptional(
    z.object({
      factId: text,
      form: text,
      purpose: text,
      /** The purpose of the form's opt-in box: one link confirms both. */
      furtherPurpose: optionalText,
      language: text,
    }),
  ),
  /**
   * The step of the run. `afterWait`: the lead may have changed since, so the sender checks again; `atOnce`: the lead has just
   * asked for it.
   */
  run: z.exactOptional(
    z.object({
      sequence: text,
      runId: text,
      step: number,
      afterWait: z.boolean(),
      atOnce: z.exactOptional(z.literal(true)),
    }),
  ),
  /** Not to be sent; requested only so that it is counted. */
  skipped: z.exactOptional(z.enum(skips)),
  handoffId: optionalText,
  /** Number of the handoff's assignment, from 1. */
  assignment: z.exactOptional(number),
})

/** A request to send one email to or about a lead. */
export type EmailRequest = Readonly<z.output<typeof emailRequest>> & { readonly leadId: LeadId }
export type ConfirmationRequest = NonNullable<EmailRequest['confirmation']>
export type RunStep = NonNullable<EmailRequest['run']>

/** Drops unknown fields. @throws if the data is not an email request. */
export const emailRequestOf = ({ leadId, data }: { leadId: LeadId; data: unknown }): EmailRequest => ({
  leadId,
  ...z.parse(emailRequest, data),
})
