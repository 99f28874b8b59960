import { InvalidPattern } from './invalid-pattern.ts'
import { isList, Members, type Parsed } from './json-text.ts'

export type TextTest = (text: string) => boolean

/** The one member of a match expression such as `{ "prefix": … }`. */
export function onlyMember(members: Members): readonly [string, Parsed] {
  const [first, ...rest] = members.entries
  if (!first || rest.length > 0) throw new InvalidPattern('Only one key allowed in match expression')
  return first
}

function isText(value: Parsed): value is string {
  return typeof value === 'string'
}

export function textOperand(operator: string, operand: Parsed): string {
  if (!isText(operand)) throw new InvalidPattern(`${operator} match pattern must be a string`)
  return operand
}

/** The operand of prefix or suffix: a string, or `{ "equals-ignore-case": string }`. */
export function affix(operator: 'prefix' | 'suffix', operand: Parsed): TextTest {
  const fits: (text: string, part: string) => boolean =
    operator === 'prefix' ? (text, part) => text.startsWith(part) : (text, part) => text.endsWith(part)
  if (!(operand instanceof Members)) {
    const part = textOperand(operator, operand)
    return (text) => fits(text, part)
  }
  const [inner, value] = onlyMember(operand)
  if (inner !== 'equals-ignore-case') throw new InvalidPattern(`Unsupported ${operator} pattern: ${inner}`)
  const part = textOperand(inner, value).toLowerCase()
  return (text) => fits(text.toLowerCase(), part)
}

export function equalsIgnoreCase(operand: Parsed): TextTest {
  const expected = textOperand('equals-ignore-case', operand).toLowerCase()
  return (text) => text.toLowerCase() === expected
}

/** `*` stands for any text; `\*` and `\\` for themselves. Matches in time linear in the text for each `*`. */
export function wildcard(operand: Parsed): TextTest {
  const pieces = splitWildcard(textOperand('wildcard', operand))
  const [first = '', ...rest] = pieces
  const last = rest.pop()
  if (last === undefined) return (text) => text === first
  return (text) => {
    if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last))
      return false
    let position = first.length
    const end = text.length - last.length
    for (const piece of rest) {
      const found = text.indexOf(piece, position)
      if (found < 0 || found + piece.length > end) return false
      position = found + piece.length
    }
    return true
  }
}

function splitWildcard(pattern: string): string[] {
  const pieces = ['']
  for (let index = 0; index < pattern.length; index++) {
    const char = pattern[index]
    if (char === '*') {
      if (pattern[index + 1] === '*')
        throw new InvalidPattern(`Consecutive wildcard characters at pos ${index}`)
      pieces.push('')
      continue
    }
    if (char === '\\') index++
    const literal = pattern[index]
    if (literal === undefined || (char === '\\' && literal !== '*' && literal !== '\\')) {
      throw new InvalidPattern(`Invalid escape character at pos ${index - 1}`)
    }
    pieces.push(`${pieces.pop() ?? ''}${literal}`)
  }
  return pieces
}

/** The operand of `anything-but` as an expression: `{ "prefix" | "suffix" | "equals-ignore-case" | "wildcard": one or many }`. */
export function noneOfTexts(expression: Members): TextTest {
  const [operator, operand] = onlyMember(expression)
  const values = isList(operand) ? operand : [operand]
  if (values.length === 0) throw new InvalidPattern(`Empty ${operator} list in anything-but`)
  const tests = values.map((value) => excluded(operator, value))
  return (text) => !tests.some((test) => test(text))
}

function excluded(operator: string, operand: Parsed): TextTest {
  switch (operator) {
    case 'prefix':
    case 'suffix':
      if (!isText(operand)) throw new InvalidPattern('prefix/suffix match pattern must be a string')
      if (operand === '') throw new InvalidPattern('Null prefix/suffix not allowed')
      return affix(operator, operand)
    case 'equals-ignore-case':
      return equalsIgnoreCase(operand)
    case 'wildcard':
      return wildcard(operand)
    default:
      throw new InvalidPattern(`Unsupported anything-but pattern: ${operator}`)
  }
}
