const anchors = /<(a|area)\b((?:[^>"']|"[^"]*"|'[^']*')*)>/gi
const href = /(\shref\s*=\s*)(?:"([^"]*)"|'([^']*)')/i

const named: Readonly<Record<string, string>> = { amp: '&', quot: '"', apos: "'", lt: '<', gt: '>' }

const readEntities = (text: string): string =>
  text.replace(/&(?:#(\d{1,7})|#x([\da-f]{1,6})|(amp|quot|apos|lt|gt));/gi, (entity, decimal, hex, name) => {
    if (name !== undefined) return named[String(name).toLowerCase()] ?? entity
    const code = decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal)
    return code <= 0x10ffff ? String.fromCodePoint(code) : entity
  })

const writeEntities = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')

/**
 * Puts other addresses into the links of an email, and leaves every other byte as it is. Asked are links to the web
 * only: not `mailto:`, `tel:`, places in the email itself, or what is no address.
 * @param html filled in already: no Liquid is left.
 * @param other the new address for an address, both as they are read; undefined leaves the link alone.
 */
export const rewriteLinks = (html: string, other: (address: string) => string | undefined): string =>
  html.replace(anchors, (tag) =>
    tag.replace(href, (attribute, before, double, single) => {
      const address = readEntities(String(double ?? single)).trim()
      if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return attribute
      const replacement = other(address)
      return replacement === undefined ? attribute : `${before}"${writeEntities(replacement)}"`
    }),
  )
