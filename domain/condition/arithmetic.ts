import { type Value, withinBounds } from './value.ts'

type Operator = '+' | '-' | '*' | '/' | '%'

/** Results that are not numbers (division by zero, overflow) are not there. */
const finite = (number: number): number | undefined => (Number.isFinite(number) ? number : undefined)

/** @param whole both sides are CEL ints: division then drops the fraction. */
export const calculate = (operator: Operator, whole: boolean): ((a: Value, b: Value) => Value) => {
  const numbers = (compute: (a: number, b: number) => number) => (a: Value, b: Value) =>
    typeof a === 'number' && typeof b === 'number' ? finite(compute(a, b)) : undefined
  switch (operator) {
    case '+': {
      const add = numbers((a, b) => a + b)
      return (a, b) =>
        typeof a === 'string' && typeof b === 'string'
          ? withinBounds(a + b)
          : Array.isArray(a) && Array.isArray(b)
            ? withinBounds([...a, ...b])
            : add(a, b)
    }
    case '-':
      return numbers((a, b) => a - b)
    case '*':
      return numbers((a, b) => a * b)
    case '/':
      return numbers(whole ? (a, b) => Math.trunc(a / b) : (a, b) => a / b)
    case '%':
      return numbers((a, b) => a % b)
    default: {
      const never: never = operator
      throw new Error(`no such operator: ${String(never)}`)
    }
  }
}
