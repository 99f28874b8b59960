import { everyIdentityKey } from '../../domain/consent/addresses-of.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import { rawAt, rawList, rawText } from '../../domain/playbook/raw.ts'
import type { NameHash } from './parse-message.ts'

export interface ErasedPerson {
  /** When the erasure was asked for (RFC 3339 UTC). */
  readonly at: string
  readonly family: readonly LeadId[]
  readonly names: readonly NameHash[]
}

export interface Hashers {
  readonly hashAddress: (identityKey: string) => NameHash
  readonly hashBrowser: (visitorId: string) => NameHash
}

/**
 * Whether a message that failed, an activity or a notice of SES, is about the person: by an address, a browser or a lead
 * that it names. What they did after the erasure was asked for is somebody who begins anew.
 */
export const concerns = (
  { at, family, names }: ErasedPerson,
  { hashAddress, hashBrowser }: Hashers,
): ((body: unknown) => boolean) => {
  const [leads, hashes] = [new Set<unknown>(family), new Set(names)]
  return (body) => {
    const detail = rawAt(body, 'detail')
    const occurredAt = rawText(detail, 'occurredAt')
    if (occurredAt !== undefined && Date.parse(occurredAt) > Date.parse(at)) return false
    if ([rawAt(detail, 'subject', 'leadId'), rawAt(detail, 'data', 'leadId')].some((id) => leads.has(id)))
      return true
    const emails = [rawAt(detail, 'subject', 'email'), ...rawList(detail, 'mail', 'destination')]
    const visitors = [rawText(detail, 'subject', 'visitorId'), rawText(detail, 'properties', 'visitorId')]
    return [
      ...emails.flatMap((one) => (typeof one === 'string' ? everyIdentityKey(one).map(hashAddress) : [])),
      ...visitors.flatMap((visitorId) => (visitorId === undefined ? [] : hashBrowser(visitorId))),
    ].some((hash) => hashes.has(hash))
  }
}
