import type { JsonObject } from '../json.ts'
import { type LeadId, parseLeadId } from '../lead/lead-id.ts'

/** One email that somebody of the console wants to see in their own inbox. It counts nowhere. */
export interface TestEmail {
  readonly email: string
  readonly language: string
  /** Whose values stand in it; absent: those of a made-up person. */
  readonly leadId?: LeadId
  /** Whom it goes to, sealed: nothing on a queue tells an address. */
  readonly to: string
}

/** As a message, told apart from events by its one key. */
export const testEmailMessage = ({ email, language, leadId, to }: TestEmail): JsonObject => ({
  testEmail: { email, language, to, ...(leadId !== undefined && { leadId }) },
})

const fieldsOf = (value: unknown): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? { ...value } : {}

/** @returns undefined when `body` is something else. */
export const parseTestEmail = (body: unknown): TestEmail | undefined => {
  const { email, language, leadId, to } = fieldsOf(fieldsOf(body).testEmail)
  if (typeof email !== 'string' || typeof language !== 'string' || typeof to !== 'string') return undefined
  if (leadId === undefined) return { email, language, to }
  const known = parseLeadId(leadId)
  return known && { email, language, leadId: known, to }
}

/** What is put before the subject. */
export const testMark = '[Test] '
