import { InvalidPattern } from './invalid-pattern.ts'
import { isList, type Parsed } from './json-text.ts'
import { comparableNumber, NumberText } from './number-text.ts'

/** Compiles the operand of `numeric`: `["=", 5]`, `["<", 5]`, or a range such as `[">", 0, "<=", 5]`. */
export function numeric(operand: Parsed): (value: number) => boolean {
  if (!isList(operand)) throw new InvalidPattern('Value of numeric must be an array')
  const [operator, value, ...rest] = operand
  const limit = numberOperand(operator, value)
  switch (operator) {
    case '=':
      none(rest)
      return (actual) => actual === limit
    case '<':
      none(rest)
      return (actual) => actual < limit
    case '<=':
      none(rest)
      return (actual) => actual <= limit
    case '>':
      return both((actual) => actual > limit, limit, rest)
    case '>=':
      return both((actual) => actual >= limit, limit, rest)
    default:
      throw new InvalidPattern(`Unrecognized numeric range operator: ${String(operator)}`)
  }
}

function both(
  above: (value: number) => boolean,
  bottom: number,
  upper: readonly Parsed[],
): (value: number) => boolean {
  if (upper.length === 0) return above
  const [operator, value, ...rest] = upper
  if (operator !== '<' && operator !== '<=')
    throw new InvalidPattern(`Bad numeric range operator: ${operator}`)
  const top = numberOperand(operator, value)
  none(rest)
  if (bottom >= top) throw new InvalidPattern('Bottom must be less than top')
  return operator === '<'
    ? (actual) => above(actual) && actual < top
    : (actual) => above(actual) && actual <= top
}

function numberOperand(operator: Parsed | undefined, value: Parsed | undefined): number {
  if (typeof value !== 'number' && !(value instanceof NumberText)) {
    throw new InvalidPattern(`Value of ${operator === '=' ? 'equals' : String(operator)} must be numeric`)
  }
  const comparable = comparableNumber(value)
  if (comparable === undefined) throw new InvalidPattern(`Cannot compare number : ${numberText(value)}`)
  return comparable
}

export function numberText(value: number | NumberText): string {
  return typeof value === 'number' ? String(value) : value.text
}

function none(rest: readonly Parsed[]): void {
  if (rest.length > 0) throw new InvalidPattern('Too many elements in numeric expression')
}
