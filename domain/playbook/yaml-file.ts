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
import { rawOffset, type ScalarStyle } from './scalar-offset.ts'
import { type YamlSlip, yamlSlips, yamlWords } from './yaml-slips.ts'

export type YamlPath = readonly (string | number)[]

export interface FaultDetail {
  /** The value at the path unless said otherwise. */
  readonly at?: 'key' | 'value'
  /** Into the string that stands at the path. */
  readonly offset?: number
  readonly severity?: Fault['severity']
}

/** A YAML text read once, whose values can be pointed at. */
export interface YamlFile {
  readonly file: string
  /** Plain data; undefined where the text is too broken to read. */
  readonly root: unknown
  /** Mistakes of syntax. */
  readonly faults: readonly Fault[]
  /** A fault at `path`, or at its nearest ancestor that exists. */
  fault(path: YamlPath, message: string, detail?: FaultDetail): Fault
}

const maximumDepth = 200
const tooDeep = `nested more than ${maximumDepth} deep`

/** True as well for an alias that stands within what it means. */
const isDeeperThan = (value: unknown, depth: number): boolean =>
  typeof value === 'object' &&
  value !== null &&
  (depth === 0 || Object.values(value).some((inner) => isDeeperThan(inner, depth - 1)))

/** The parser speaks to programmers here and there. */
const wording = (message: string): string => {
  if (message.startsWith('Source contains multiple documents'))
    return 'a second document begins here; a file holds one'
  if (message.startsWith('Unresolved alias')) return 'a text that begins with * needs quotes around all of it'
  return message.startsWith('Maximum call stack') ? tooDeep : message
}

type Told = Pick<YAMLError, 'code' | 'message' | 'pos'>

/** Mistakes of which others follow: where one such is told, the rest is likely to be its trail. */
const leavesTrail = (error: Told): boolean =>
  !['DUPLICATE_KEY', 'MULTIPLE_DOCS', 'BAD_DQ_ESCAPE'].includes(error.code)

/** Each mistake once, at its place: what a line shows by itself, or else the first that the parser came upon. */
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

/** @param firstLine added to every line: for YAML that begins inside another text. */
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
