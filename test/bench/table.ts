/** One figure; `aim` is what it should beat, and where that comes from. */
export interface Row {
  readonly what: string
  readonly value: number
  readonly unit: string
  readonly aim?: string
}

export const shown = new Intl.NumberFormat('en', { maximumSignificantDigits: 4, useGrouping: false })

export const printTable = (title: string, rows: readonly Row[]): void => {
  const width = Math.max(...rows.map(({ what }) => what.length))
  console.log(`\n${title}`)
  for (const { what, value, unit, aim } of rows)
    console.log(
      `  ${what.padEnd(width)}  ${shown.format(value).padStart(9)} ${unit}${aim ? `   (${aim})` : ''}`,
    )
}

/** @param share 0.5 for the median. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}
