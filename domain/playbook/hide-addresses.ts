import { isScalar, parseDocument, visit } from 'yaml'

/** `https://host/path`, with somebody's name and password before the host or without. */
const address = /\b([a-z][a-z0-9+.-]*:)(?:\\?\/){2}(?:[^\s/?#@'"<>]*@)?([^\s/?#\\'"<>]+)[\\/?#][^\s'"<>]*/gi

const hidden = (text: string): string => text.replace(address, '$1//$2/…')

/** No playbook is as deep: what is nested deeper is looked at as text alone. */
const deepest = 400

/** Values as the parser reads them: escapes and line breaks may stand between the letters of an address. */
const hideValues = (text: string): string => {
  const document = parseDocument(text, { logLevel: 'silent' })
  const found: { readonly from: number; readonly to: number; readonly value: string }[] = []
  visit(document, (_key, node, path) => {
    if (path.length > deepest) return visit.SKIP
    if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return undefined
    const value = hidden(node.value)
    if (value !== node.value) found.push({ from: node.range[0], to: node.range[1], value })
    return undefined
  })
  return found.reduceRight((rest, { from, to, value }) => {
    const end = rest.slice(from, to).endsWith('\n') ? '\n' : ''
    return `${rest.slice(0, from)}${JSON.stringify(value)}${end}${rest.slice(to)}`
  }, text)
}

/**
 * A file of a playbook for people who may not know the addresses in it: whoever knows that of a channel may write there. Of
 * each the host stays, in values as in comments; a text without any stays as it is.
 */
export const hideAddresses = (text: string): string => hidden(hideValues(text))
