import { liquidPieces } from './liquid-tokens.ts'

/** What an author or the system gives: not what somebody has typed into a form. */
const trusted: ReadonlySet<string> = new Set(['links', 'company', 'brand', 'email', 'forloop'])

const keywords: ReadonlySet<string> = new Set([
  ...['and', 'or', 'not', 'contains', 'true', 'false', 'nil', 'null', 'empty', 'blank', 'in', 'with', 'as'],
  ...['limit', 'offset', 'reversed', 'cols', 'assign', 'echo', 'cycle', 'capture', 'for', 'if', 'liquid'],
])

/** Variables that a piece of Liquid writes out, `lead.website` and the like. */
export const variablesIn = (liquid: string): readonly string[] =>
  liquid
    .replace(/^-|-$/g, '')
    .replaceAll(/"[^"]*"|'[^']*'/g, '""')
    .replaceAll(/\|\s*\w+/g, ' ')
    .replaceAll(/\b\w+\s*:(?=\s)/g, ' ')
    .split(/[^\w.[\]-]+/)
    .filter((word) => /^[A-Za-z_]/.test(word) && !keywords.has(word))

const rootOf = (variable: string): string => variable.replace(/[.[].*$/, '')

const assigned = /\{%-?\s*assign\s+([\w-]+)\s*=([\s\S]*?)-?%\}/g
const captured = /\{%-?\s*capture\s+["']?([\w-]+)["']?\s*-?%\}([\s\S]*?)\{%-?\s*endcapture/g
const looped = /\{%-?\s*(?:for|tablerow)\s+([\w-]+)\s+in\s+([\s\S]*?)-?%\}/g

/** Names that the text itself gives to values: for each what they are made of. */
const givenNames = (text: string): readonly { readonly name: string; readonly from: readonly string[] }[] => [
  ...[...text.matchAll(assigned), ...text.matchAll(looped)].map(([, name = '', from = '']) => ({
    name,
    from: variablesIn(from),
  })),
  ...[...text.matchAll(captured)].map(([, name = '', inside = '']) => ({
    name,
    from: liquidPieces(inside).flatMap(({ type, begin, end }) =>
      type === 'output' ? variablesIn(inside.slice(begin + 2, end - 2)) : [],
    ),
  })),
]

/** Tells whether a variable holds what the text's author has not written. */
export const makeIsFilled = (text: string): ((variable: string) => boolean) => {
  const names = givenNames(text)
  const own = new Map(names.map(({ name }) => [name, false]))
  const isFilled = (variable: string): boolean => {
    const root = rootOf(variable)
    return own.get(root) ?? !trusted.has(root)
  }
  // A name may be made of one that is given further on, in a loop: so often nothing changes any more.
  for (let round = 0; round <= names.length; round += 1)
    for (const { name, from } of names) if (from.some(isFilled)) own.set(name, true)
  return isFilled
}

/** An output that stands in a text, and the variable in it that is filled in. */
export interface FilledOutput {
  readonly begin: number
  readonly end: number
  readonly variable: string
  /** As it is written. */
  readonly liquid: string
  /** What it writes can end no part of an address. */
  readonly encoded: boolean
}

const writes: ReadonlySet<string> = new Set(['echo', 'cycle', 'liquid'])

/** Outputs of a text that write what is filled in; the conditions of tags write nothing. */
export const filledOutputs = (
  text: string,
  isFilled: (variable: string) => boolean,
): readonly FilledOutput[] =>
  liquidPieces(text).flatMap(({ type, name, begin, end }) => {
    if (type === 'tag' && !writes.has(name)) return []
    const liquid = text.slice(begin, end)
    const variable = variablesIn(liquid.slice(2, -2)).find(isFilled)
    const encoded = /\|\s*(url_encode|cgi_escape|uri_escape|slugify|size|round|abs|floor|ceil)\b[^|]*$/.test(
      liquid,
    )
    return variable === undefined ? [] : [{ begin, end, variable, liquid, encoded }]
  })
