import type { IdentityRules } from './identity-key.ts'

const maximumLength = 254
const localPart = /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const domainName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])$/

/** Domain names with other letters go by their ASCII form (`xn--…`), as mail does. */
const asciiDomain = (domain: string): string | undefined => {
  if (/^[a-z0-9.-]+$/.test(domain)) return domain
  if (/[\s/?#@:%[\]\\<>]/.test(domain)) return undefined
  return URL.canParse(`http://${domain}`) ? new URL(`http://${domain}`).hostname : undefined
}

/**
 * An address as leads are known by it: trimmed and in lower case; where cases are distinct, the part before the `@` stays as given.
 * @returns undefined when mail could not be sent there: bad syntax, control characters, more than 254 characters.
 */
export const parseAddress = (text: unknown, identity?: Pick<IdentityRules, 'case'>): string | undefined => {
  if (typeof text !== 'string' || text.length > 2 * maximumLength) return undefined
  const given = text.replace(/^ +| +$/g, '')
  const address = given.toLowerCase()
  const at = address.lastIndexOf('@')
  const local = address.slice(0, Math.max(at, 0))
  const domain = asciiDomain(address.slice(at + 1))
  if (local.length > 64 || !localPart.test(local) || domain === undefined || !domainName.test(domain)) {
    return undefined
  }
  const kept = identity?.case === 'distinct' ? given.slice(0, given.lastIndexOf('@')) : local
  const parsed = `${kept}@${domain}`
  return parsed.length > maximumLength ? undefined : parsed
}
