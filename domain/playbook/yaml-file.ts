import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  type Pair,
  parseDocument,
  Scalar,
  type YAMLError,
} from 'yaml'
import { type Fault, isError } from './fault.ts'

type ScalarStyle = 'plain' | 'single' | 'double' | 'block'

const whitespace = /\s/

const skip = (text: string, from: number): number => {
  let at = from
  while (at < text.length && whitespace.test(text.charAt(at))) at += 1
  return at
}

/** Number of characters in the value for a run of white space: a single line break folds to a space, n line breaks to n - 1. */
const foldedLength = (run: string): number => {
  const breaks = run.split('\n').length - 1
  if (breaks === 0) return run.length
  return breaks === 1 ? 1 : breaks - 1
}

interface Reading {
  readonly text: string
  readonly at: number
}

const escapeLength: Readonly<Record<string, number>> = { x: 4, u: 6, U: 10 }

/** One step through a quoted or plain scalar: matching lengths in source and value. */
const flowStep = (source: Reading, value: Reading, style: ScalarStyle): [number, number] => {
  const { text: raw, at } = source
  const [letter, next] = [raw.charAt(at), raw.charAt(at + 1)]
  if (style === 'single' && letter === "'") return [2, 1]
  if (style === 'double' && letter === '\\') {
    if (next === '\n' || next === '\r') return [skip(raw, at + 1) - at, 0]
    const wide = next === 'U' && (value.text.codePointAt(value.at) ?? 0) > 0xffff
    return [escapeLength[next] ?? 2, wide ? 2 : 1]
  }
  if (!whitespace.test(letter)) return [1, 1]
  const end = skip(raw, at)
  return [end - at, foldedLength(raw.slice(at, end))]
}

/** Blocks have no escapes: runs of white space match, whatever the indentation. */
const blockStep = (source: Reading, value: Reading): [number, number] => {
  const blanks = ({ text, at }: Reading): number => skip(text, at) - at
  return whitespace.test(source.text.charAt(source.at)) ? [blanks(source), blanks(value)] : [1, 1]
}

/** Maps an offset in a YAML string to its source. `raw` is the scalar's source without its opening quote or block header. */
const rawOffset = (raw: string, value: string, offset: number, style: ScalarStyle): number => {
  let at = style === 'block' ? skip(raw, 0) : 0
  let read = style === 'block' ? skip(value, 0) : 0
  while (read < offset && at < raw.length) {
    const [from, to] = [
      { text: raw, at },
      { text: value, at: read },
    ]
    const [source, decoded] = style === 'block' ? blockStep(from, to) : flowStep(from, to, style)
    if (read + decoded > offset) return at + Math.min(offset - read, source - 1)
    at += source
    read += decoded
  }
  return style === 'double' && raw.charAt(at) === '\\' && /[\r\n]/.test(raw.charAt(at + 1))
    ? skip(raw, at + 1)
    : at
}

/** A fault in a line of YAML, worded for authors of playbooks. */
interface YamlSlip {
  readonly message: string
  /** Offset into the whole text. */
  readonly offset: number
}

const entry = /^(\s*(?:- +)*)((?:[\w.-]+|"[^"]*"|'[^']*')\s*:)(\s+)(\S.*)$/

/** End of a quoted text at the start of the value; -1 if it does not end on this line. */
const endOfQuoted = (value: string): number => {
  const quote = value.charAt(0)
  const pattern = quote === "'" ? /^'(?:[^']|'')*'/ : /^"(?:[^"\\]|\\.)*"/
  return pattern.exec(value)?.[0].length ?? -1
}

const withoutComment = (text: string): string => text.replace(/\s+#.*$/, '')

const quotedSlip = (value: string): string | undefined => {
  const end = endOfQuoted(value)
  const rest = end < 0 ? '' : withoutComment(value.slice(end)).trim()
  if (end < 0 || rest === '' || /^[,}\]:]/.test(rest)) return undefined
  return value.startsWith("'")
    ? "the text ends at the second ': put it in \" \", or write '' for each ' within"
    : 'the text ends at the second ": write \\" for each " within'
}

const openBracket = (value: string): string | undefined => {
  const bare = withoutComment(value.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/g, ''))
  const count = (sign: string): number => bare.split(sign).length - 1
  for (const [open, close] of [
    ['{', '}'],
    ['[', ']'],
  ] as const)
    if (count(open) > count(close)) return `${open} is not closed: ${close} is missing`
  return undefined
}

const valueSlip = (value: string): string | undefined => {
  if (value.startsWith('{{') || value.startsWith('{%'))
    return 'a text that begins with { needs quotes around all of it'
  if (/^["']/.test(value)) return quotedSlip(value)
  if (/^[{[]/.test(value)) return openBracket(value)
  if (/^[@`%]/.test(value)) return `a text that begins with ${value.charAt(0)} needs quotes around all of it`
  if (/^[>|&*!]/.test(value)) return undefined
  const colon = /:(\s|$)/.exec(withoutComment(value))
  return colon === null ? undefined : 'a text with a colon needs quotes'
}

const indentOf = (line: string): number => line.length - line.trimStart().length

/** Every line that cannot be intended. Skips multi-line texts. */
const yamlSlips = (text: string): readonly YamlSlip[] => {
  const slips: YamlSlip[] = []
  let offset = 0
  let blockBelow: number | undefined
  for (const line of text.split('\n')) {
    const isInBlock = blockBelow !== undefined && (line.trim() === '' || indentOf(line) > blockBelow)
    if (!isInBlock) {
      blockBelow = undefined
      const tab = /^ *\t/.exec(line)
      if (tab !== null)
        slips.push({
          message: 'a line is indented with spaces: here is a tab',
          offset: offset + tab[0].length - 1,
        })
      const [, indent = '', key = '', space = '', value = ''] = entry.exec(line) ?? []
      const [, before = '', bare] = /^(\s*(?:- +)+)([{[].*)$/.exec(line) ?? []
      const unclosed = bare === undefined ? undefined : openBracket(bare)
      if (unclosed !== undefined) slips.push({ message: unclosed, offset: offset + before.length })
      const message = key === '' || line.trimStart().startsWith('#') ? undefined : valueSlip(value.trimEnd())
      if (message !== undefined)
        slips.push({ message, offset: offset + indent.length + key.length + space.length })
      if (/^[>|]/.test(value)) blockBelow = indentOf(line)
    }
    offset += line.length + 1
  }
  return slips
}

const byCode: Readonly<Record<string, string>> = {
  BAD_INDENT:
    'this line is indented otherwise than those it belongs to: entries of one list or mapping begin in one column',
  BLOCK_AS_IMPLICIT_KEY:
    'this line is indented otherwise than those it belongs to: entries of one list or mapping begin in one column',
  BLOCK_IN_FLOW: 'a list with dashes is not allowed within { } or [ ]',
  TAB_AS_INDENT: 'a line is indented with spaces: here is a tab',
  MULTILINE_IMPLICIT_KEY: 'a colon is missing here, or a quote or bracket before it is not closed',
  MISSING_CHAR: 'something is missing here: a colon, a quote or a bracket',
  UNEXPECTED_TOKEN: 'unexpected here: perhaps the text needs quotes around all of it',
  BAD_SCALAR_START: 'a text that begins with this sign needs quotes around all of it',
  BAD_DQ_ESCAPE: 'in " " a backslash must precede n, t, " or another backslash: put the text in \' \'',
  MULTIPLE_DOCS: 'a second document begins here; a file holds one',
  DUPLICATE_KEY: 'this key is repeated',
  BAD_ALIAS: 'a text that begins with * needs quotes around all of it',
}

/** Our wording for this kind of error, if any. */
const yamlWords = (code: string): string | undefined => byCode[code]

export type YamlPath = readonly (string | number)[]

export interface FaultDetail {
  /** Position to report. @default 'value' */
  readonly at?: 'key' | 'value'
  /** Offset into the string at the path. */
  readonly offset?: number
  readonly severity?: Fault['severity']
}

/** A parsed YAML text that maps values to positions. */
export interface YamlFile {
  readonly file: string
  /** Plain data; undefined if the text is unreadable. */
  readonly root: unknown
  /** Mistakes of syntax. */
  readonly faults: readonly Fault[]
  /** A fault at `path`, or at its nearest ancestor that exists. */
  fault(path: YamlPath, message: string, detail?: FaultDetail): Fault
}

const maximumDepth = 200
const tooDeep = `nested more than ${maximumDepth} deep`

/** Also true for an alias within its own anchor. */
const isDeeperThan = (value: unknown, depth: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth === 0 || Object.values(value).some((inner) => isDeeperThan(inner, depth - 1)))

/** Rewords messages of the parser that are written for programmers. */
const wording = (message: string): string => {
  if (message.startsWith('Source contains multiple documents'))
    return 'a second document begins here; a file holds one'
  if (message.startsWith('Unresolved alias')) return 'a text that begins with * needs quotes around all of it'
  return message.startsWith('Maximum call stack') ? tooDeep : message
}

type Told = Pick<YAMLError, 'code' | 'message' | 'pos'>

/** Errors that cause others: the rest are probably consequences. */
const leavesTrail = (error: Told): boolean =>
  !['DUPLICATE_KEY', 'MULTIPLE_DOCS', 'BAD_DQ_ESCAPE'].includes(error.code)

/** Each error once: obvious faults of a line, or else the parser's first error. */
const syntaxMistakes = (text: string, errors: readonly Told[]): readonly YamlSlip[] => {
  const [first] = errors.filter(leavesTrail)
  const others = errors
    .filter((error) => !leavesTrail(error))
    .map(({ code, message, pos }) => ({ message: yamlWords(code) ?? wording(message), offset: pos[0] }))
  if (first === undefined) return others
  const slips = yamlSlips(text)
  if (slips.length > 0) return slips
  return [{ message: yamlWords(first.code) ?? wording(first.message), offset: first.pos[0] }, ...others]
}

interface Place {
  readonly node: Node | null
  readonly key?: Node
}

const keyText = (pair: Pair): string => (isScalar(pair.key) ? String(pair.key.value) : '')

/** @param firstLine line offset of YAML embedded in another text. */
export const readYaml = (file: string, text: string, firstLine = 0): YamlFile => {
  const lines = new LineCounter()
  const document = parseDocument(text, {
    ...{ lineCounter: lines, prettyErrors: false, version: '1.2', logLevel: 'error' as const },
  })
  const faultAt = (offset: number, message: string, severity: Fault['severity'] = 'error'): Fault => {
    const { line, col } = lines.linePos(Math.min(offset, text.length))
    return { file, line: Math.max(line, 1) + firstLine, column: Math.max(col, 1), message, severity }
  }
  const faults = syntaxMistakes(text, [...document.errors, ...document.warnings]).map(({ message, offset }) =>
    faultAt(offset, message),
  )
  const resolve = (node: unknown): Node | null =>
    isAlias(node)
      ? (node.resolve(document) ?? null)
      : isMap(node) || isSeq(node) || isScalar(node)
        ? node
        : null

  const find = (path: YamlPath): Place => {
    let place: Place = { node: document.contents }
    for (const part of path) {
      const parent = resolve(place.node)
      if (isMap(parent)) {
        const pair = parent.items.find((item) => keyText(item) === String(part))
        if (pair === undefined) return place
        const key = resolve(pair.key)
        place = {
          node: isAlias(pair.value) ? pair.value : resolve(pair.value),
          ...(key === null ? {} : { key }),
        }
      } else if (isSeq(parent) && typeof part === 'number' && part < parent.items.length) {
        const item = parent.items[part]
        place = { node: isAlias(item) ? item : resolve(item) }
      } else return place
    }
    return place
  }

  const scalarStart = (node: Scalar, start: number): { at: number; style: ScalarStyle } => {
    switch (node.type) {
      case Scalar.QUOTE_DOUBLE:
        return { at: start + 1, style: 'double' }
      case Scalar.QUOTE_SINGLE:
        return { at: start + 1, style: 'single' }
      case Scalar.BLOCK_FOLDED:
      case Scalar.BLOCK_LITERAL:
        return { at: text.indexOf('\n', start) + 1, style: 'block' }
      default:
        return { at: start, style: 'plain' }
    }
  }

  return {
    file,
    root: faults.some(isError) && document.contents === null ? undefined : plain(),
    faults,
    fault(path, message, detail = {}) {
      const { node, key } = find(path)
      const named = detail.at === 'key' || node === null ? (key ?? node) : node
      const target = detail.offset === undefined ? named : resolve(named)
      const [start, end] = target?.range ?? [0, 0]
      if (detail.offset === undefined || !isScalar(target) || typeof target.value !== 'string')
        return faultAt(start, message, detail.severity)
      const { at, style } = scalarStart(target, start)
      return faultAt(
        at + rawOffset(text.slice(at, end), target.value, detail.offset, style),
        message,
        detail.severity,
      )
    },
  }

  function plain(): unknown {
    try {
      const data: unknown = document.toJS({ maxAliasCount: 100 })
      if (!isDeeperThan(data, maximumDepth)) return data
      if (!faults.some(isError)) faults.push(faultAt(0, tooDeep))
      return undefined
    } catch (error) {
      faults.push(faultAt(0, error instanceof Error ? wording(error.message) : String(error)))
      return undefined
    }
  }
}

export interface TextPosition {
  readonly line: number
  readonly column: number
}

/** Line and column, from 1, of an offset into `text`, at most its end. */
export const positionAt = (text: string, offset: number): TextPosition => {
  const before = text.slice(0, offset)
  const lines = before.split('\n')
  return { line: lines.length, column: (lines.at(-1)?.length ?? 0) + 1 }
}
