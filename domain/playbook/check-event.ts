import { bareValues } from '../condition/bare-value.ts'
import { compileEventExpression, compileEventTest } from '../condition/compile-event.ts'
import { valueless } from '../condition/valueless.ts'
import type { Finding } from './checks.ts'
import { faultFindings } from './fault-findings.ts'
import type { Names } from './names.ts'

/** What is wrong with an expression about a reported event; what the event holds is not known before there is one. */
export const checkEventExpression = (source: string, names: Names): readonly Finding[] => {
  const result = compileEventExpression(source)
  return result.type === 'fault' ? faultFindings(source, 'event', result, names) : valueless(source)
}

export const checkEventCondition = (source: string, names: Names): readonly Finding[] => {
  const result = compileEventTest(source)
  return result.type === 'fault'
    ? faultFindings(source, 'event', result, names)
    : [...bareValues(source), ...valueless(source)]
}
