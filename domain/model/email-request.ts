import * as z from 'zod/mini'
import { type LeadId, parseLeadId } from './activity.ts'

const text = z.string()
const optionalText = z.exactOptional(text)
const number = z.number()

export const leadIdSchema = z.custom<LeadId>((value) => parseLeadId(value) !== undefined)
export const recipient = z.enum(['lead', 'owner'])

/** Why a run leaves an email out: it came to it too late, or its sequence was paused when it fell due. */
const skips = ['stale', 'skipped-paused'] as const

export type Skip = (typeof skips)[number]

/** Data of `EmailRequested`: one email that somebody decided to send. */
export const emailRequest = z.object({
  /** The same for the same email. */
  sendId: text,
  email: text,
  recipient,
  playbookVersion: optionalText,
  /** Which form asked for the consent that a confirmation email is about. */
  confirmation: z.exactOptional(
    z.object({
      factId: text,
      form: text,
      purpose: text,
      /** Of the box that was ticked beside it: its link confirms both. */
      furtherPurpose: optionalText,
      language: text,
    }),
  ),
  /**
   * The step of a run that it belongs to. `afterWait`: the lead may have moved on since, so the sender looks again;
   * `atOnce`: the lead has just asked for it.
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
  /** It is not to go out: asked for so that it is accounted for like any other. */
  skipped: z.exactOptional(z.enum(skips)),
  handoffId: optionalText,
  /** Which assignment of the handoff it is about, from 1. */
  assignment: z.exactOptional(number),
})

/** One email that somebody decided to send to or about a lead. */
export type EmailRequest = Readonly<z.output<typeof emailRequest>> & { readonly leadId: LeadId }
export type ConfirmationRequest = NonNullable<EmailRequest['confirmation']>
export type RunStep = NonNullable<EmailRequest['run']>

/** @throws when the data of a decision is no email request; what else it holds is left out. */
export const emailRequestOf = ({ leadId, data }: { leadId: LeadId; data: unknown }): EmailRequest => ({
  leadId,
  ...z.parse(emailRequest, data),
})
