const anchors = /<(a|area)\b((?:[^>"']|"[^"]*"|'[^']*')*)>/gi
const attributes = /([^\s"'<>/=]+)(?:(\s*=\s*)(?:"([^"]*)"|'([^']*)'|([^\s"'=<>`]+)))?/g

const named: Readonly<Record<string, string>> = { amp: '&', quot: '"', apos: "'", lt: '<', gt: '>' }

const readEntities = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|quot|apos|lt|gt));/gi, (entity, decimal, hex, name) => {
    if (name !== undefined) return named[String(name).toLowerCase()] ?? entity
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : entity
  })

const writeEntities = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/** An address of the web as it is read; undefined for `mailto:`, `tel:`, places in the email, and what is no address. */
const webAddress = (written: string): string | undefined => {
  const address = readEntities(written).trim()
  return /^https?:\/\//i.test(address) && URL.canParse(address) ? address : undefined
}

/**
 * Puts other addresses into the links of an email, and leaves every other byte as it is. Asked are links to the web
 * only: not `mailto:`, `tel:`, places in the email itself, or what is no address.
 * @param html filled in already: no Liquid is left.
 * @param other the new address for an address, both as they are read; undefined leaves the link alone.
 */
export const rewriteLinks = (html: string, other: (address: string) => string | undefined): string =>
  html.replace(anchors, (tag, name: string, inside: string) => {
    let done = false
    const changed = inside.replace(
      attributes,
      (attribute, key: string, equals: string | undefined, double, single, bare) => {
        // Of attributes with the same name the first counts.
        if (done || key.toLowerCase() !== 'href' || equals === undefined) return attribute
        done = true
        const address = webAddress(String(double ?? single ?? bare))
        const replacement = address === undefined ? undefined : other(address)
        return replacement === undefined ? attribute : `${key}${equals}"${writeEntities(replacement)}"`
      },
    )
    return changed === inside ? tag : `<${name}${changed}>`
  })

/** Web addresses that links of a template lead to whatever is filled in. @param html with its Liquid. */
export const standingAddresses = (html: string): ReadonlySet<string> => {
  const standing = new Set<string>()
  rewriteLinks(html, (address) => {
    if (!/\{\{|\{%/.test(address)) standing.add(address)
    return undefined
  })
  return standing
}
