import { compileCidr } from './cidr.ts'
import { InvalidPattern } from './invalid-pattern.ts'
import { isList, Members, type Parsed, type Scalar } from './json-text.ts'
import { comparableNumber, NumberText } from './number-text.ts'
import { numberText, numeric } from './numeric-match.ts'
import {
  affix,
  equalsIgnoreCase,
  noneOfTexts,
  onlyMember,
  type TextTest,
  textOperand,
  wildcard,
} from './text-match.ts'
import type { Wildcards } from './wildcard-complexity.ts'

export type ScalarTest = (value: Scalar) => boolean

/** What a pattern asks of one field: some value passes `test`, or the field is absent and `absent` says that is fine. */
export interface FieldTest {
  readonly test: ScalarTest
  readonly absent: boolean
  readonly wildcards: Wildcards
}

/** Compiles the array at a field of a pattern: any one of its alternatives is enough. */
export function fieldTest(alternatives: readonly Parsed[]): FieldTest {
  if (alternatives.length === 0) throw new InvalidPattern('Empty arrays are not allowed')
  const texts = new Set<string>()
  const tests: ScalarTest[] = []
  let absent = false
  for (const alternative of alternatives) {
    if (typeof alternative === 'string') texts.add(alternative)
    else if (isAbsence(alternative)) absent = true
    else tests.push(scalarTest(alternative))
  }
  if (texts.size > 0) tests.unshift(oneOf(texts))
  const [only, ...more] = tests
  const test = only && more.length === 0 ? only : (value: Scalar) => tests.some((one) => one(value))
  return { test, absent, wildcards: alternatives.flatMap(wildcardsOf) }
}

/** The wildcard patterns of an alternative that is known to be valid. */
function wildcardsOf(alternative: Parsed): Wildcards {
  if (!(alternative instanceof Members)) return []
  const [operator, operand] = onlyMember(alternative)
  if (operator === 'wildcard' && typeof operand === 'string') return [[operand]]
  if (operator !== 'anything-but' || !(operand instanceof Members)) return []
  const [excluded, value] = onlyMember(operand)
  if (excluded !== 'wildcard') return []
  const values = isList(value) ? value : [value]
  return [values.filter((one) => typeof one === 'string')]
}

function oneOf(texts: ReadonlySet<string>): ScalarTest {
  const [only] = texts
  if (texts.size === 1) return (value) => value === only
  return (value) => typeof value === 'string' && texts.has(value)
}

function isAbsence(alternative: Parsed): boolean {
  if (!(alternative instanceof Members)) return false
  const [operator, operand] = onlyMember(alternative)
  return operator === 'exists' && operand === false
}

function scalarTest(alternative: Parsed): ScalarTest {
  if (alternative instanceof Members) return expression(...onlyMember(alternative))
  if (isList(alternative))
    throw new InvalidPattern('Match value must be String, number, true, false, or null')
  if (typeof alternative === 'number' || alternative instanceof NumberText) return sameNumber(alternative)
  return (value) => value === alternative
}

function expression(operator: string, operand: Parsed): ScalarTest {
  switch (operator) {
    case 'exactly':
      return exactly(textOperand('exact', operand))
    case 'prefix':
    case 'suffix':
      return onText(affix(operator, operand))
    case 'equals-ignore-case':
      return onText(equalsIgnoreCase(operand))
    case 'wildcard':
      return onText(wildcard(operand))
    case 'anything-but':
      return anythingBut(operand)
    case 'numeric':
      return onNumber(numeric(operand))
    case 'cidr':
      return onText(cidr(textOperand(operator, operand)))
    case 'exists':
      if (operand !== true) throw new InvalidPattern('exists match pattern must be either true or false.')
      return () => true
    default:
      throw new InvalidPattern(`Unrecognized match type ${operator}`)
  }
}

function exactly(text: string): ScalarTest {
  return (value) => value === text
}

function onText(test: TextTest): ScalarTest {
  return (value) => typeof value === 'string' && test(value)
}

function onNumber(test: (value: number) => boolean): ScalarTest {
  return (value) => {
    if (typeof value !== 'number' && !(value instanceof NumberText)) return false
    const comparable = comparableNumber(value)
    return comparable !== undefined && test(comparable)
  }
}

/** Equal as numbers where both have an exact double, else equal digit by digit. */
function sameNumber(expected: number | NumberText): ScalarTest {
  const comparable = comparableNumber(expected)
  if (comparable !== undefined) return onNumber((value) => value === comparable)
  const text = numberText(expected)
  return (value) => value instanceof NumberText && value.text === text
}

function cidr(block: string): TextTest {
  if (block.split('/').length !== 2) throw new InvalidPattern("Malformed CIDR, one '/' required")
  const test = compileCidr(block)
  if (!test) throw new InvalidPattern(`Malformed CIDR: ${block}`)
  return test
}

function anythingBut(operand: Parsed): ScalarTest {
  if (operand instanceof Members) {
    const test = noneOfTexts(operand)
    return (value) => typeof value !== 'string' || test(value)
  }
  const values = isList(operand) ? operand : [operand]
  if (values.length === 0) throw new InvalidPattern('Empty arrays are not allowed')
  const allTexts = values.every((value) => typeof value === 'string')
  const allNumbers = values.every((value) => typeof value === 'number' || value instanceof NumberText)
  if (!allTexts && !allNumbers) {
    throw new InvalidPattern('Inside anything but list, either all values are number or string')
  }
  const { test } = fieldTest(values)
  return (value) => !test(value)
}
