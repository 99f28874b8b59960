/** Bytes as a text of one character each: what boundaries and separators are looked for in. */
export const binaryOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

const bytesOf = (binary: string): Uint8Array => Buffer.from(binary, 'latin1')

/** @returns undefined where the label is unknown or the bytes are none of that charset. */
const decode = (bytes: Uint8Array, label: string): string | undefined => {
  try {
    return new TextDecoder(label, { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

const isUtf8 = (label: string): boolean => /^utf-?8$/i.test(label)

/** What browsers send of a letter that the page's charset does not have: `&#26085;`. */
const references = /&#(\d{3,7});/g

const withReferences = (text: string): string =>
  text.replace(references, (whole, digits: string) => {
    const code = Number(digits)
    const isLetter = code > 0xff && code <= 0x10_ff_ff && !(code >= 0xd8_00 && code <= 0xdf_ff)
    return isLetter ? String.fromCodePoint(code) : whole
  })

/** A body in UTF-16 is posted in UTF-8 (HTML, form submission). */
const labelOf = (declared: string): string =>
  /^(utf-?16|ucs-?2|unicode)/i.test(declared) ? 'utf-8' : declared

/**
 * Chooses one charset for all of `parts`: the first declared one that they are in, else UTF-8, else windows-1252, which is
 * what a page that says nothing is in (HTML, encoding sniffing) and which every byte is in.
 */
export const textReader = (
  parts: readonly string[],
  declared: readonly (string | undefined)[],
): ((binary: string) => string) => {
  const candidates = declared.flatMap((one) => (one === undefined || one === '' ? [] : [labelOf(one.trim())]))
  const all = bytesOf(parts.join('\n'))
  const label = [...candidates, 'utf-8'].find((one) => decode(all, one) !== undefined) ?? 'windows-1252'
  return (binary) => {
    const text = decode(bytesOf(binary), label) ?? decode(bytesOf(binary), 'windows-1252') ?? ''
    return isUtf8(label) ? text : withReferences(text)
  }
}

/** Value of a parameter of a header field, quoted or not: `charset`, `boundary`, `name`. */
export const parameterIn = (header: string, name: string): string | undefined => {
  const found = new RegExp(`;\\s*${name}\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, 'i').exec(header)
  return found?.[1]?.replace(/\\(["\\])/g, '$1') ?? found?.[2]
}
