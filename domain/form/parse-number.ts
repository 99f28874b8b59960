export type ReadNumber =
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'none' }
  /** `1,000` in English is a thousand, in German one: where a form's language says "one", people mostly mean a thousand. */
  | { readonly type: 'ambiguous' }

/** What stands before the fraction; in Switzerland a point. */
const decimalOf = (language: string): ',' | '.' =>
  new Intl.NumberFormat(language)
    .formatToParts(0.5)
    .some(({ type, value }) => type === 'decimal' && value === ',')
    ? ','
    : '.'

/** Apostrophes and spaces group digits wherever they stand, and part nothing. */
const plainGroups = "'’ʼ`\\s\u00a0\u202f\u2009"

const none: ReadNumber = { type: 'none' }
const number = (sign: string, digits: string, fraction: string | undefined): ReadNumber => {
  const value = Number(`${sign}${digits.replace(/\D/g, '')}${fraction === undefined ? '' : `.${fraction}`}`)
  return Number.isFinite(value) ? { type: 'number', value } : none
}

/** `1.234.567,5` and its kin: the same mark between all groups of three, and another one before what is behind the point. */
const grouped = (text: string, groups: string, decimals: string): ReadNumber => {
  const shape = new RegExp(
    `^([+-]?)([1-9]\\d{0,2}(?:([${groups}])\\d{3})(?:\\3\\d{3})*)(?:([${decimals}])(\\d+))?$`,
  )
  const [, sign = '', digits, mark, point, fraction] = shape.exec(text) ?? []
  return digits === undefined || mark === point ? none : number(sign, digits, fraction)
}

const plain = (text: string): RegExpExecArray | null => /^([+-]?)(\d+)(?:([.,])(\d+))?$/.exec(text)

/**
 * A number as people write it in `language`: `1.000` is a thousand in German, `1,000` in English, `1’000` and `1 000`
 * everywhere. What can only be meant one way is read that way in any language: `1.234,5`, `2.5`.
 */
export const parseNumber = (written: string, language: string): ReadNumber => {
  const text = written.trim().replace(/^[\u2212\u2013]/, '-')
  const decimal = decimalOf(language)
  const other = decimal === ',' ? '.' : ','
  const own = grouped(text, `${plainGroups}${other}`, decimal)
  if (own.type === 'number') return own
  const [, sign = '', digits, point, fraction] = plain(text) ?? []
  // Both marks are there, the other way round.
  if (digits === undefined) return text.includes(other) ? grouped(text, decimal, other) : none
  if (point === undefined) return number(sign, digits, undefined)
  const looksGrouped = fraction?.length === 3 && /^[1-9]\d{0,2}$/.test(digits)
  if (looksGrouped || /^0{3,}$/.test(fraction ?? '')) return { type: 'ambiguous' }
  // Programs write a point; a comma in a language with points may be anything.
  return point === decimal || point === '.' ? number(sign, digits, fraction) : none
}
