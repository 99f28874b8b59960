import { readFileSync } from 'node:fs'
import { join } from 'node:path/posix'
import { parseSync } from 'oxc-parser'
import { importsOf } from '../architecture.ts'

/** What one file of source comes to. */
export interface FileShape {
  readonly file: string
  readonly lines: number
  readonly functions: readonly FunctionShape[]
  /** Relative imports, as paths from the root, each once. */
  readonly imports: readonly string[]
}

interface FunctionShape {
  readonly line: number
  /** From the first to the last, functions within it included. */
  readonly lines: number
  /** Without those of functions within it that have more than one. */
  readonly own: number
  readonly parameters: number
}

type Node = Readonly<Record<string, unknown>> & {
  readonly type: string
  readonly start: number
  readonly end: number
}

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string'

const functionTypes = new Set(['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'])

const walk = (value: unknown, visit: (node: Node) => void): void => {
  if (Array.isArray(value)) for (const item of value) walk(item, visit)
  else if (isNode(value)) {
    visit(value)
    for (const child of Object.values(value)) walk(child, visit)
  }
}

const parametersOf = ({ params }: Node): number =>
  Array.isArray(params)
    ? params.length
    : isRecord(params) && Array.isArray(params.items)
      ? params.items.length
      : 0

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null

/** Packages have no ending. */
const isOurs = (path: string): boolean => path.endsWith('.ts')

/** Reads a file of TypeScript. @throws Error where it does not parse. */
export const measureFile = (root: string, file: string): FileShape => {
  const source = readFileSync(join(root, file), 'utf8')
  const { program, errors } = parseSync(file, source)
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`)
  const breaks = [...source.matchAll(/\n/g)].map(({ index }) => index)
  const lineAt = (offset: number): number => breaks.findLastIndex((at) => at < offset) + 2
  const functions: (FunctionShape & { own: number; readonly end: number })[] = []
  const around: typeof functions = []
  walk(program, (node) => {
    if (!functionTypes.has(node.type)) return
    const line = lineAt(node.start)
    const lines = lineAt(node.end - 1) - line + 1
    while ((around.at(-1)?.end ?? Number.POSITIVE_INFINITY) <= node.start) around.pop()
    // The line that a function begins on belongs to the one around it.
    const outer = around.at(-1)
    if (outer) outer.own -= lines - 1
    const shape = { line, lines, own: lines, parameters: parametersOf(node), end: node.end }
    functions.push(shape)
    around.push(shape)
  })
  return {
    file,
    lines: breaks.length,
    functions,
    imports: [...new Set(importsOf(file, source))].filter(isOurs),
  }
}

/** The value below which `share` of all lie. */
export const quantile = (values: readonly number[], share: number): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0
}
