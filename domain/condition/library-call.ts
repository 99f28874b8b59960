import { Environment } from '@marcbachmann/cel-js'
import type { Value } from './value.ts'

const environment = new Environment({ unlistedVariablesAreDyn: true, homogeneousAggregateLiterals: false })

/**
 * A function or operator of the standard library, for values that are at hand already.
 * @returns undefined where the library refuses: wrong kinds, out of range, not convertible.
 */
export const libraryCall = (text: string, arity: number): ((values: readonly Value[]) => Value) => {
  const program = environment.parse(text)
  const names = Array.from({ length: arity }, (_, index) => `a${index}`)
  return (values) => {
    if (values.includes(undefined)) return undefined
    try {
      const result: unknown = program(Object.fromEntries(names.map((name, index) => [name, values[index]])))
      return typeof result === 'bigint' ? Number(result) : result
    } catch {
      return undefined
    }
  }
}
