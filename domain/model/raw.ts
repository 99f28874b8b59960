/** For data of unchecked shape: wrong shapes are reported elsewhere and skipped here. */
export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value at `path`, or undefined. */
export const rawAt = (value: unknown, ...path: readonly (string | number)[]): unknown => {
  let at = value
  for (const part of path) {
    if (Array.isArray(at) && typeof part === 'number') at = at[part]
    else if (isRecord(at) && Object.hasOwn(at, part)) at = at[part]
    else return undefined
  }
  return at
}

export const rawList = (value: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const list = rawAt(value, ...path)
  return Array.isArray(list) ? list : []
}

export const rawEntries = (
  value: unknown,
  ...path: readonly (string | number)[]
): readonly [string, unknown][] => {
  const record = rawAt(value, ...path)
  return isRecord(record) ? Object.entries(record) : []
}

export const rawText = (value: unknown, ...path: readonly (string | number)[]): string | undefined => {
  const text = rawAt(value, ...path)
  return typeof text === 'string' ? text : undefined
}
