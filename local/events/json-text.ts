/** A JSON number whose digits a JavaScript number cannot give back: `1.50`, `1E3`, more than 17 digits. */
export class NumberText {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }

  toJSON(): number {
    return Number(this.text)
  }
}

/** A JSON number as text becomes a number where that loses nothing, else keeps its text. */
function readNumber(text: string): number | NumberText {
  const value = Number(text)
  return String(value) === text ? value : new NumberText(text)
}

/**
 * The double that stands for a decimal number, or undefined where no double has exactly these decimal digits
 * (as shortest text). EventBridge compares such numbers by their text alone.
 */
export function comparableNumber(value: number | NumberText): number | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  const double = Number(value.text)
  if (!Number.isFinite(double)) return undefined
  return canonical(value.text) === canonical(String(double)) ? double : undefined
}

/** `-12.50e3` → `-125e2`: sign, digits without zeros at either end, exponent of ten. */
function canonical(text: string): string {
  const [, sign = '', whole = '', fraction = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text) ?? []
  const digits = `${whole}${fraction}`.replace(/^0+/, '')
  const significant = digits.replace(/0+$/, '')
  if (significant === '') return '0'
  return `${sign}${significant}e${Number(exponent) - fraction.length + digits.length - significant.length}`
}

export type Scalar = string | number | boolean | null | NumberText
export type Json = Scalar | readonly Json[] | { readonly [key: string]: Json }

/** An object's members in the order of the text, repeated keys included. */
export class Members {
  readonly entries: readonly (readonly [string, Parsed])[]

  constructor(entries: readonly (readonly [string, Parsed])[]) {
    this.entries = entries
  }
}
export type Parsed = Scalar | readonly Parsed[] | Members

const NUMBER_THAT_LOSES_DIGITS = /(?:[\d.]{16,}|[eE][+-]?\d+|\.\d*0|-0)\s*[,}\]]/
const TOKEN =
  /[ \t\n\r]*(?:([{}[\],:])|("[^"\\]*(?:\\.[^"\\]*)*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)|(true|false|null))/y
const MAX_DEPTH = 500

/** As `JSON.parse`, but a number that JavaScript cannot give back keeps its digits as `NumberText`. */
export function parseExactly(text: string): Json {
  return NUMBER_THAT_LOSES_DIGITS.test(text) ? plain(parseMembers(text)) : JSON.parse(text)
}

function plain(value: Parsed): Json {
  if (value instanceof Members) {
    return Object.fromEntries(value.entries.map(([key, member]) => [key, plain(member)]))
  }
  return isList(value) ? value.map(plain) : value
}

export function isList(value: Parsed): value is readonly Parsed[] {
  return Array.isArray(value)
}

/**
 * Parses JSON and keeps the order and repetition of keys and the digits of numbers.
 * @throws SyntaxError with the position of the fault.
 */
export function parseMembers(text: string): Parsed {
  const scanner = new RegExp(TOKEN)
  let token: RegExpExecArray | null
  let position = 0

  function next(): RegExpExecArray {
    position = scanner.lastIndex
    token = scanner.exec(text)
    if (!token) throw fault()
    return token
  }
  function fault(): SyntaxError {
    const found = text.slice(position).trimStart()[0]
    const what = found === undefined ? 'Unexpected end' : `Unexpected character '${found}'`
    return new SyntaxError(`${what} in JSON at position ${position}`)
  }
  function value(first: RegExpExecArray, depth: number): Parsed {
    if (depth > MAX_DEPTH) throw new SyntaxError(`JSON is nested deeper than ${MAX_DEPTH} levels`)
    const [, mark, string, number, word] = first
    if (string !== undefined) return JSON.parse(string)
    if (number !== undefined) return readNumber(number)
    if (word !== undefined) return word === 'null' ? null : word === 'true'
    if (mark === '{') return members(depth)
    if (mark === '[') return elements(depth)
    throw fault()
  }
  function members(depth: number): Members {
    const entries: [string, Parsed][] = []
    let current = next()
    if (current[1] === '}') return new Members(entries)
    for (;;) {
      if (current[2] === undefined) throw fault()
      const key: string = JSON.parse(current[2])
      if (next()[1] !== ':') throw fault()
      entries.push([key, value(next(), depth + 1)])
      const mark = next()[1]
      if (mark === '}') return new Members(entries)
      if (mark !== ',') throw fault()
      current = next()
    }
  }
  function elements(depth: number): Parsed[] {
    const list: Parsed[] = []
    let current = next()
    if (current[1] === ']') return list
    for (;;) {
      list.push(value(current, depth + 1))
      const mark = next()[1]
      if (mark === ']') return list
      if (mark !== ',') throw fault()
      current = next()
    }
  }

  const result = value(next(), 0)
  position = scanner.lastIndex
  if (text.slice(position).trim() !== '') throw fault()
  return result
}
