/** Bounds and names of a field. */
export interface FieldRange {
  readonly min: number
  readonly max: number
  /** Three-letter names, the first standing for `min`. */
  readonly names?: readonly string[]
}

/**
 * Reads `*`, `5`, `MON-FRI`, `1,15`, `0/10`, `10-50/5` into the set of values; undefined where it is malformed.
 * A range that runs backwards goes over the end (`FRI-MON`).
 */
export function parseField(text: string, range: FieldRange): ReadonlySet<number> | undefined {
  const values = new Set<number>()
  for (const part of text.split(',')) {
    const some = parsePart(part, range)
    if (!some) return undefined
    for (const value of some) values.add(value)
  }
  return values
}

function parsePart(part: string, range: FieldRange): number[] | undefined {
  const [, base = '', step] = /^([^/]+)(?:\/(\d+))?$/.exec(part) ?? []
  const every = step === undefined ? 1 : Number(step)
  const bounds = parseBounds(base, range, step !== undefined)
  if (!bounds || every < 1) return undefined
  const size = range.max - range.min + 1
  const [low, high] = bounds
  const length = high >= low ? high - low + 1 : high - low + 1 + size
  const count = Math.ceil(length / every)
  return Array.from({ length: count }, (_, n) => ((low - range.min + n * every) % size) + range.min)
}

function parseBounds(base: string, range: FieldRange, stepped: boolean): [number, number] | undefined {
  if (base === '*') return [range.min, range.max]
  const [from = '', to, ...rest] = base.split('-')
  const low = parseValue(from, range)
  if (low === undefined || rest.length > 0) return undefined
  if (to === undefined) return [low, stepped ? range.max : low]
  const high = parseValue(to, range)
  return high === undefined ? undefined : [low, high]
}

export function parseValue(text: string, range: FieldRange): number | undefined {
  const named = range.names?.indexOf(text.toUpperCase()) ?? -1
  const value = named >= 0 ? range.min + named : /^\d+$/.test(text) ? Number(text) : Number.NaN
  return value >= range.min && value <= range.max ? value : undefined
}
