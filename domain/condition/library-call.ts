import { Environment } from '@marcbachmann/cel-js'
import { isList, maximumLength, type Value, withinBounds } from './value.ts'

const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false })

/** `join` is the only function whose result can be far longer than what it is given, and the only one of lists. */
const isTooLongToJoin = ([list, separator]: readonly Value[]): boolean => {
  if (!isList(list)) return false
  const between = typeof separator === 'string' ? separator.length : 0
  let length = 0
  for (const item of list) length += (typeof item === 'string' ? item.length : 0) + between
  return length > maximumLength
}

/**
 * A function or operator of the standard library, for values that are at hand already.
 * @returns undefined where the library refuses: wrong kinds, out of range, not convertible, far too long.
 */
export const libraryCall = (text: string, arity: number): ((values: readonly Value[]) => Value) => {
  const program = environment.parse(text)
  const names = Array.from({ length: arity }, (_, index) => `a${index}`)
  return (values) => {
    if (values.includes(undefined) || isTooLongToJoin(values)) return undefined
    try {
      const result: unknown = program(Object.fromEntries(names.map((name, index) => [name, values[index]])))
      return typeof result === 'bigint' ? Number(result) : withinBounds(result)
    } catch {
      return undefined
    }
  }
}
