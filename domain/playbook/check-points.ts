import { compileNumber } from '../condition/compile-number.ts'
import { valueless } from '../condition/valueless.ts'
import type { Finding } from './checks.ts'
import { faultFindings } from './fault-findings.ts'
import type { Names } from './names.ts'
import { unknownNames } from './unknown-names.ts'

/** What is wrong with an expression that gives points: its syntax and types, or else the names in it. */
export const checkPoints = (source: string, names: Names): readonly Finding[] => {
  const result = compileNumber(source, 'activity')
  switch (result.type) {
    case 'fault':
      return faultFindings(source, 'activity', result, names)
    case 'number':
      return [...valueless(source), ...unknownNames(result.number.mentions, names)]
    default:
      return result satisfies never
  }
}
