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
 * An address as leads are found by it: trimmed and in lower case.
 * @returns undefined when mail could not be sent there: bad syntax, control characters, more than 254 characters.
 */
export const parseAddress = (text: unknown): string | undefined => {
  if (typeof text !== 'string' || text.length > 2 * maximumLength) return undefined
  const address = text.replace(/^ +| +$/g, '').toLowerCase()
  const at = address.lastIndexOf('@')
  const local = address.slice(0, Math.max(at, 0))
  const domain = asciiDomain(address.slice(at + 1))
  if (local.length > 64 || !localPart.test(local) || domain === undefined || !domainName.test(domain)) {
    return undefined
  }
  const parsed = `${local}@${domain}`
  return parsed.length > maximumLength ? undefined : parsed
}
