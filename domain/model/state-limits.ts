import { hashText } from './hash-text.ts'
import { isObject, type Json } from './json.ts'

/**
 * What of a lead's log its state holds at most: DynamoDB keeps no item above 400 KB, and a lead must be written whatever
 * anybody sends. What does not fit stands in the log all the same. Bounds are checked fact by fact, in the facts' order,
 * so that they give the same state however the facts came in.
 */
export const stateLimits = {
  /** Bytes of all attributes. */
  attributeBytes: 64 * 1024,
  /** Of these, bytes that only attributes with a meaning of their own may take. */
  reservedBytes: 8 * 1024,
  /** Bytes of what forms said that nobody has confirmed, beside the attributes. */
  unconfirmedBytes: 16 * 1024,
  /** Bytes of what forms said that may still be confirmed. */
  claimBytes: 32 * 1024,
  /** Activity types that no condition and no rule asks for. */
  types: 100,
  /** Moments of activities, over all types whose windows conditions ask about. */
  times: 4000,
  /** Awards that count one by one, over all rules and caps. */
  awards: 3000,
  /** Emails that were opened, and as many that were clicked. */
  emails: 200,
  /** Purposes of consent that the playbook does not name. */
  purposes: 50,
  /** Characters of a name that comes from outside: of a purpose or an email. */
  nameLength: 128,
  /** Requests to confirm a consent. */
  confirmations: 60,
  softBounces: 100,
  /** Cycles whose stages, qualifications and recycles are kept one by one. */
  cycles: 24,
  /** Facts that were taken back. */
  voids: 1000,
  /** Deliveries and hits of the last seconds, each. */
  traffic: 100,
  /** Bytes of all deals. */
  dealBytes: 96 * 1024,
  /** Browsers that join a person by themselves. */
  members: 300,
} as const

/** Why a part of a fact has no place in the state. */
export type Overflow =
  | { readonly type: 'attributes'; readonly names: readonly string[] }
  | { readonly type: 'consent'; readonly purpose: string }

/** Told of what has no place in the state. */
export interface OverflowWatcher {
  overflowed?(fact: { readonly id: string }, overflow: Overflow): void
}

/** Bytes of a value as JSON in UTF-8. Counted, not encoded: it is asked for every attribute that a fact sets. */
export const sizeOf = (value: unknown): number => {
  const text = JSON.stringify(value)
  let bytes = text.length
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index)
    // JSON escapes lone surrogates, so that half of a pair is half of four bytes.
    if (unit > 0x7f) bytes += unit <= 0x7ff || (unit >= 0xd800 && unit <= 0xdfff) ? 1 : 2
  }
  return bytes
}

/** Names, a moment and punctuation around an attribute's value. */
const around = 56

/** Bytes that an attribute takes in the state. */
export const attributeSize = (name: string, value: Json, factId: string): number =>
  sizeOf(name) + sizeOf(value) + sizeOf(factId) + around

/** Stands for a text among the few it is held against. */
export const markOf = (text: string): string =>
  text.length <= 40 ? text : `~${hashText(text).toString(36)}${hashText(`~${text}`).toString(36)}`

/** Keeps the latest moment by name, of the `stateLimits.emails` latest names. */
export const rememberByName = (moments: Map<string, string>, name: string, at: string): void => {
  if (name.length > stateLimits.nameLength) return
  moments.set(name, at)
  if (moments.size <= stateLimits.emails) return
  const [oldest] = [...moments].reduce((first, one) =>
    one[1] < first[1] || (one[1] === first[1] && one[0] < first[0]) ? one : first,
  )
  moments.delete(oldest)
}

/**
 * What is wrong with attributes that one fact tells: so many that no lead could hold them.
 * @param id of the activity.
 */
export const tooManyFields = (fields: Json | undefined, id: string): string | undefined => {
  if (!isObject(fields)) return undefined
  const bytes = Object.entries(fields).reduce(
    (sum, [name, value]) => sum + attributeSize(name, value ?? null, id),
    0,
  )
  const most = stateLimits.attributeBytes - stateLimits.reservedBytes
  return bytes > most ? `must not take more than ${most} bytes with their names and origins` : undefined
}
