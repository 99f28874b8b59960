import type { FieldError } from '../field-error.ts'
import { parseLeadId } from '../lead/lead-id.ts'
import type { Subject } from './activity.ts'
import type { IdentityRules } from './identity-key.ts'
import { isId } from './is-id.ts'
import { parseAddress } from './normalise-address.ts'

const kinds = ['email', 'leadId', 'visitorId'] as const

const refuse = (path: string, message: string): { readonly error: FieldError } => ({
  error: { path, message },
})

/** Exactly one of `{ email }`, `{ leadId }`, `{ visitorId }`; the address comes back normalised. */
export const parseSubject = (
  value: unknown,
  identity?: Pick<IdentityRules, 'case'>,
): { readonly subject: Subject } | { readonly error: FieldError } => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return refuse('subject', 'must be one of { email }, { leadId }, { visitorId }')
  }
  const given = new Map<string, unknown>(Object.entries(value))
  const named = kinds.filter((kind) => given.get(kind) !== undefined)
  const [kind] = named
  if (!kind || named.length > 1)
    return refuse('subject', 'must be one of { email }, { leadId }, { visitorId }')
  const text = given.get(kind)
  switch (kind) {
    case 'email': {
      const email = parseAddress(text, identity)
      return email === undefined
        ? refuse('subject.email', 'must be an email address')
        : { subject: { email } }
    }
    case 'leadId': {
      const leadId = parseLeadId(text)
      return leadId ? { subject: { leadId } } : refuse('subject.leadId', 'must be the id of a lead')
    }
    case 'visitorId':
      return isId(text)
        ? { subject: { visitorId: text } }
        : refuse('subject.visitorId', 'must be a text of 1 to 128 characters without control characters')
    default: {
      const never: never = kind
      throw new Error(`no such subject: ${String(never)}`)
    }
  }
}
