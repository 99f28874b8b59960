/** The values that something in a condition can still have, as one part after the other narrows them down. */
export type ValueRange =
  | {
      readonly type: 'number'
      readonly min: number
      readonly max: number
      /** Whether the bound itself is out. */
      readonly aboveMin: boolean
      readonly belowMax: boolean
    }
  | { readonly type: 'text'; readonly only?: ReadonlySet<string>; readonly not: ReadonlySet<string> }

export const numbers = (min: number, max: number): ValueRange => ({
  type: 'number',
  min,
  max,
  aboveMin: false,
  belowMax: false,
})

export const anyText: ValueRange = { type: 'text', not: new Set() }

export const texts = (only: Iterable<string>): ValueRange => ({
  type: 'text',
  only: new Set(only),
  not: new Set(),
})

export const isEmpty = (range: ValueRange): boolean =>
  range.type === 'number'
    ? range.min > range.max || (range.min === range.max && (range.aboveMin || range.belowMax))
    : range.only !== undefined && [...range.only].every((text) => range.not.has(text))

export type Comparison = '<' | '<=' | '>' | '>=' | '==' | '!='

export const opposite: Readonly<Record<Comparison, Comparison>> = {
  '<': '>=',
  '<=': '>',
  '>': '<=',
  '>=': '<',
  '==': '!=',
  '!=': '==',
}

/** As read from the other side: `1 < x` is `x > 1`. */
export const mirrored: Readonly<Record<Comparison, Comparison>> = {
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
  '==': '==',
  '!=': '!=',
}

/** What is left of `range` under `x <comparison> value`. Another kind of value says nothing here: types are checked elsewhere. */
export const narrowNumber = (range: ValueRange, comparison: Comparison, value: number): ValueRange => {
  if (range.type !== 'number') return range
  const above = (open: boolean): ValueRange =>
    value > range.min || (value === range.min && open) ? { ...range, min: value, aboveMin: open } : range
  const below = (open: boolean): ValueRange =>
    value < range.max || (value === range.max && open) ? { ...range, max: value, belowMax: open } : range
  switch (comparison) {
    case '>':
      return above(true)
    case '>=':
      return above(false)
    case '<':
      return below(true)
    case '<=':
      return below(false)
    case '==':
      return narrowNumber(above(false), '<=', value)
    case '!=':
      return range.min === value && range.max === value ? { ...range, aboveMin: true } : range
    default:
      return comparison satisfies never
  }
}

/** What is left of `range` when the text is one of `values`, or (`among` false) none of them. */
export const narrowText = (range: ValueRange, values: readonly string[], among: boolean): ValueRange => {
  if (range.type !== 'text') return range
  if (!among) return { ...range, not: new Set([...range.not, ...values]) }
  const left = values.filter((value) => range.only?.has(value) ?? true)
  return { ...range, only: new Set(left) }
}
