import { hashText } from './hash-text.ts'
import { isObject, type Json } from './json.ts'

/**
 * Limits of a lead's stored state: a DynamoDB item is limited to 400 KB, and a lead must remain writable whatever is sent. The
 * log still holds what does not fit. Limits apply fact by fact in the facts' order, so that the order of arrival does not
 * matter.
 */
export const stateLimits = {
  /** Bytes of all attributes. */
  attributeBytes: 64 * 1024,
  /** Part of these bytes reserved for built-in attributes. */
  reservedBytes: 8 * 1024,
  /** Bytes of unconfirmed form values, beside the attributes. */
  unconfirmedBytes: 16 * 1024,
  /** Bytes of form values that may still be confirmed. */
  claimBytes: 32 * 1024,
  /** Activity types that no condition or rule mentions. */
  types: 100,
  /** Timestamps of activities, over all types that conditions count within windows. */
  times: 4000,
  /** Awards stored individually, over all rules and caps. */
  awards: 3000,
  /** Opened emails, and the same number of clicked ones. */
  emails: 200,
  /** Purposes of consent beyond those in the playbook. */
  purposes: 50,
  /** Characters of external names, of purposes and emails. */
  nameLength: 128,
  /** Confirmation requests. */
  confirmations: 60,
  softBounces: 100,
  /** Cycles with all their stages, qualifications and recycles. */
  cycles: 24,
  /** Voided facts. */
  voids: 1000,
  /** Deliveries and hits of the last seconds, each. */
  traffic: 100,
  /** Bytes of all deals. */
  dealBytes: 96 * 1024,
  /** Browsers that join a person automatically. */
  members: 300,
} as const

/** Why part of a fact exceeds a limit. */
export type Overflow =
  | { readonly type: 'attributes'; readonly names: readonly string[] }
  | { readonly type: 'consent'; readonly purpose: string }

/** Called for parts of facts that exceed a limit. */
export interface OverflowWatcher {
  overflowed?(fact: { readonly id: string }, overflow: Overflow): void
}

/** Bytes of a value as JSON in UTF-8. Counted without encoding, as it runs for every attribute set. */
export const sizeOf = (value: unknown): number => {
  const text = JSON.stringify(value)
  let bytes = text.length
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    // Lone surrogates are escaped in JSON, so each half of a pair counts two of its four bytes.
    if (unit > 0x7f) bytes += unit <= 0x7ff || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
  }
  return bytes
}

/** Overhead of an attribute: names, a timestamp and punctuation. */
const around = 56

/** Bytes of an attribute in the state. */
export const attributeSize = (name: string, value: Json, factId: string): number =>
  sizeOf(name) + sizeOf(value) + sizeOf(factId) + around

/** A short hash that identifies a text within a small set. */
export const markOf = (text: string): string =>
  text.length <= 40 ? text : `~${hashText(text).toString(36)}${hashText(`~${text}`).toString(36)}`

/** Stores the latest moment of a name, for the `stateLimits.emails` latest names. */
export const rememberByName = (moments: Map<string, string>, name: string, at: string): void => {
  if (name.length > stateLimits.nameLength) return
  moments.set(name, at)
  if (moments.size <= stateLimits.emails) return
  const [oldest] = [...moments].reduce((first, one) =>
    one[1] < first[1] || (one[1] === first[1] && one[0] < first[0]) ? one : first,
  )
  moments.delete(oldest)
}

/** Error for a fact with more attributes than any lead can hold. */
export const tooManyFields = (fields: Json | undefined, id: string): string | undefined => {
  if (!isObject(fields)) return undefined
  const bytes = Object.entries(fields).reduce(
    (sum, [name, value]) => sum + attributeSize(name, value ?? null, id),
    0,
  )
  const most = stateLimits.attributeBytes - stateLimits.reservedBytes
  return bytes > most ? `must not take more than ${most} bytes with their names and origins` : undefined
}
