/** A value of one case; null or an empty text if unknown. */
export type Value = string | number | boolean | null

/** One field of all cases, as codes. */
export interface Column {
  readonly field: string
  /** Meaning of the codes. */
  readonly values: readonly FieldValue[]
  /** A code for each case. */
  readonly codes: Uint16Array
}

/** A value of a field, or a range of numbers without `to`. */
export type FieldValue =
  | { readonly is: string }
  | { readonly from: number | null; readonly to: number | null }
  | { readonly empty: true }

/** Fields with more distinct numbers are split into ranges. */
const plainNumbers = 12
const ranges = 16
/** Rarer values are merged: there is nothing to learn from each. */
const fewest = 10
const mostValues = 1_000

const isEmpty = (value: Value | undefined): value is null | '' | undefined =>
  value === null || value === '' || value === undefined

const asNumber = (value: Value): number =>
  typeof value === 'number'
    ? value
    : typeof value === 'string' && value.trim() !== ''
      ? Number(value)
      : Number.NaN

/** Bounds of ranges of about equal size; cases with the same number stay together. */
const boundsOf = (numbers: readonly number[]): readonly number[] => {
  const sorted = numbers.toSorted((a, b) => a - b)
  const cuts = Array.from({ length: ranges - 1 }, (_, index) => {
    const at = Math.floor(((index + 1) * sorted.length) / ranges)
    return sorted[at] ?? Number.NaN
  })
  return [...new Set(cuts)].filter((cut) => cut > (sorted[0] ?? Number.NaN))
}

const emptyValue: FieldValue = { empty: true }

const rangeColumn = (field: string, values: readonly (Value | undefined)[]): Column => {
  const bounds = boundsOf(values.flatMap((value) => (isEmpty(value) ? [] : [asNumber(value)])))
  const codes = Uint16Array.from(values, (value) => {
    if (isEmpty(value)) return 0
    const number = asNumber(value)
    const above = bounds.findIndex((bound) => number < bound)
    return 1 + (above === -1 ? bounds.length : above)
  })
  const between = [...bounds, null].map((to, index) => ({ from: bounds[index - 1] ?? null, to }))
  return { field, values: [emptyValue, ...between], codes }
}

const valueColumn = (field: string, values: readonly (Value | undefined)[]): Column => {
  const counts = new Map<string, number>()
  for (const value of values)
    if (!isEmpty(value)) counts.set(String(value), (counts.get(String(value)) ?? 0) + 1)
  const frequent = [...counts].filter(([, count]) => count >= fewest)
  const kept = frequent.toSorted(([, a], [, b]) => b - a).slice(0, mostValues)
  // Code 0 means empty, code 1 means rare.
  const codeOf = new Map(kept.map(([value], index) => [value, index + 2]))
  const codes = Uint16Array.from(values, (value) => (isEmpty(value) ? 0 : (codeOf.get(String(value)) ?? 1)))
  return { field, values: [emptyValue, { is: '*' }, ...kept.map(([is]) => ({ is }))], codes }
}

/** Encodes one field of all cases, independently of the outcomes. */
export const codeColumn = (field: string, values: readonly (Value | undefined)[]): Column => {
  const known = values.filter((value) => !isEmpty(value)) as readonly Value[]
  const areNumbers = known.length > 0 && known.every((value) => Number.isFinite(asNumber(value)))
  const isCut = areNumbers && new Set(known.map(asNumber)).size > plainNumbers
  return isCut ? rangeColumn(field, values) : valueColumn(field, values)
}
