import { compileNumber } from '../condition/compile-number.ts'
import { didYouMean } from '../did-you-mean.ts'
import { unknownNames } from './check-condition.ts'
import type { Finding } from './checks.ts'
import type { Names } from './names.ts'

/** What is wrong with an expression that gives points: its syntax and types, or else the names in it. */
export const checkPoints = (source: string, names: Names): readonly Finding[] => {
  const result = compileNumber(source, 'activity')
  switch (result.type) {
    case 'fault': {
      const guess = result.unknown === undefined ? '' : didYouMean(result.unknown.name, result.unknown.known)
      return [{ message: `${result.message}${guess}`, offset: result.offset }]
    }
    case 'number':
      return unknownNames(result.number.mentions, names)
    default:
      return result satisfies never
  }
}
