import type { Brand } from '../brand.ts'

/** Random, carries no personal data: `^[0-9a-z-]{8,64}$`. */
export type LeadId = Brand<'LeadId'>

const pattern = /^[0-9a-z-]{8,64}$/

/** @returns undefined when `text` cannot be a lead's id. */
export const parseLeadId = (text: unknown): LeadId | undefined =>
  typeof text === 'string' && pattern.test(text) ? (text as LeadId) : undefined
