import { didYouMean } from '../did-you-mean.ts'
import type { Fault } from '../playbook/fault.ts'
import { positionAt, type TextPosition } from '../playbook/text-position.ts'
import { withoutLiquid } from './markup-tags.ts'
import { type Constants, settleBranches, writeConstants } from './settled-liquid.ts'

/** Where a run of lines comes from. */
export interface Origin {
  /** The first line of it in the whole, from 1. */
  readonly from: number
  readonly file: string
  readonly line: number
  /** Of its first line; the others begin at 1. */
  readonly column: number
}

/** MJML put together from several files. */
export interface ComposedMjml {
  readonly mjml: string
  readonly origins: readonly Origin[]
  readonly faults: readonly Fault[]
  /** Files besides the email's own that it is made of. */
  readonly parts: readonly string[]
}

export const layoutFile = 'emails/_layout.mjml'

/** More than an email has; it keeps includes that multiply from filling all room. */
const mostLines = 20_000

interface Line {
  readonly text: string
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Where a place of the whole stands in its file. */
export const placeOf = (
  origins: readonly Origin[],
  { line, column }: TextPosition,
): { readonly file: string; readonly line: number; readonly column: number } => {
  const origin = origins.findLast(({ from }) => from <= line) ?? { from: 1, file: '', line: 1, column: 1 }
  const within = line - origin.from
  return {
    file: origin.file,
    line: origin.line + within,
    column: within === 0 ? origin.column - 1 + column : column,
  }
}

const linesOf = (file: string, text: string, first: number): readonly Line[] =>
  text.split('\n').map((line, index) => ({ text: line, file, line: first + index, column: 1 }))

const joined = (lines: readonly Line[]): Pick<ComposedMjml, 'mjml' | 'origins'> => {
  const origins: Origin[] = []
  for (const [index, { file, line, column }] of lines.entries()) {
    const before = lines[index - 1]
    if (before?.file !== file || before.line + 1 !== line || column !== 1)
      origins.push({ from: index + 1, file, line, column })
  }
  return { mjml: lines.map(({ text }) => text).join('\n'), origins }
}

/** The lines with a stretch of their text replaced by other lines. */
const spliced = (
  lines: readonly Line[],
  begin: number,
  end: number,
  other: readonly Line[],
): readonly Line[] => {
  const text = lines.map((line) => line.text).join('\n')
  const [from, to] = [positionAt(text, begin), positionAt(text, end)]
  const [first, last] = [lines[from.line - 1], lines[to.line - 1]]
  if (first === undefined || last === undefined) return lines
  return [
    ...lines.slice(0, from.line - 1),
    { ...first, text: first.text.slice(0, from.column - 1) },
    ...other,
    { ...last, text: last.text.slice(to.column - 1), column: last.column + to.column - 1 },
    ...lines.slice(to.line),
  ]
}

const include = /<mj-include\b((?:[^<>"']|"[^"]*"|'[^']*')*)>(?:\s*<\/mj-include\s*>)?/i
const pathOf = /\spath\s*=\s*(?:"([^"]*)"|'([^']*)')/i

/** The file that a path means, seen from the file it is written in; undefined where it leads out of `emails/`. */
const resolved = (path: string, from: string): string | undefined => {
  if (/^[a-z][a-z0-9+.-]*:|^[/\\]|\\/i.test(path)) return undefined
  const folders = from.split('/').slice(0, -1)
  for (const part of path.split('/')) {
    if (part === '..') folders.pop()
    else if (part !== '.' && part !== '') folders.push(part)
    if (folders[0] !== 'emails') return undefined
  }
  return folders.join('/')
}

class Composition {
  readonly faults: Fault[] = []
  readonly parts = new Set<string>()
  readonly #files: ReadonlyMap<string, string>
  readonly #constants: Constants
  #count = 0

  constructor(files: ReadonlyMap<string, string>, constants: Constants) {
    this.#files = files
    this.#constants = constants
  }

  read(file: string, text: string, first: number): readonly Line[] {
    return linesOf(file, settleBranches(text.replaceAll('\r\n', '\n'), this.#constants), first)
  }

  /** Replaces each `mj-include` by what it names. @param within files that are being included. */
  expand(lines: readonly Line[], within: readonly string[]): readonly Line[] {
    let done: readonly Line[] = []
    let rest = lines
    for (;;) {
      const { mjml, origins } = joined(rest)
      const match = include.exec(withoutLiquid(mjml))
      if (match === null) return [...done, ...rest]
      const end = match.index + match[0].length
      const place = placeOf(origins, positionAt(mjml, match.index))
      const other = this.#included(mjml.slice(match.index, end), place, within)
      const from = positionAt(mjml, end)
      const all = spliced(rest, match.index, end, other)
      // What follows the include is looked at again, from the line that it ends on.
      const left = rest.length - from.line + 1
      done = [...done, ...all.slice(0, all.length - left)]
      rest = all.slice(all.length - left)
    }
  }

  tell({ file, line, column }: Omit<Line, 'text'>, message: string): void {
    this.faults.push({ file, line, column, message, severity: 'error' })
  }

  #included(tag: string, place: Omit<Line, 'text'>, within: readonly string[]): readonly Line[] {
    const [, double, single] = pathOf.exec(tag) ?? []
    const path = writeConstants(double ?? single ?? '', this.#constants)
    const file = resolved(path, place.file)
    const problem = this.#problem(tag, path, file, within)
    if (problem !== undefined || file === undefined) {
      this.tell(place, problem ?? '')
      return []
    }
    this.parts.add(file)
    const lines = this.read(file, this.#files.get(file) ?? '', 1)
    this.#count += lines.length
    return this.expand(lines, [...within, file])
  }

  #problem(
    tag: string,
    path: string,
    file: string | undefined,
    within: readonly string[],
  ): string | undefined {
    if (path === '') return 'what is to be included? <mj-include path="part.mjml" />'
    if (file === undefined) return `"${path}" leads out of emails/: what is included stands in there`
    const text = this.#files.get(file)
    if (text === undefined) {
      const known = [...this.#files.keys()].filter((name) => name.startsWith('emails/'))
      return `there is no file ${file}${didYouMean(file, known)}`
    }
    if (/\stype\s*=\s*["'](?!mjml)/i.test(tag))
      return 'only MJML is included: styles stand in <mj-style>, HTML in <mj-raw>'
    if (within.includes(file))
      return `this leads back here: ${[...within.slice(within.indexOf(file)), file].join(' → ')}`
    if (/^\s*(---|<mjml\b)/.test(text))
      return `${file} is an email of its own: what is included has no front matter and no <mjml>`
    return this.#count > mostLines ? 'too much is included: an email has a few hundred lines' : undefined
  }
}

const slot = /\{\{-?\s*content\s*-?\}\}/
const section =
  /<mj-section\b[^<>]*>\s*<mj-column\b[^<>]*>\s*\{\{-?\s*content\s*-?\}\}\s*<\/mj-column>\s*<\/mj-section>/

/** Sections of an email take the place of the section that the layout has around its content. */
const slotFor = (layout: string, body: string): RegExpExecArray | null => {
  const first = /<([a-z-]+)/i.exec(withoutLiquid(body))?.[1]?.toLowerCase()
  const isWide = first !== undefined && ['mj-section', 'mj-wrapper', 'mj-hero'].includes(first)
  return (isWide ? section.exec(layout) : null) ?? slot.exec(layout)
}

const isWhole = (body: string): boolean => /^\s*<mjml\b/i.test(withoutLiquid(body)) || body.trim() === ''

/**
 * Puts an email together: what it includes, and around it `emails/_layout.mjml`, unless it is a whole `<mjml>` itself.
 * @param files text of each file of the playbook.
 */
export const composeMjml = (
  { file, body, bodyLine }: { readonly file: string; readonly body: string; readonly bodyLine: number },
  files: ReadonlyMap<string, string>,
  constants: Constants,
): ComposedMjml => {
  const composition = new Composition(files, constants)
  const own = composition.read(file, body, bodyLine)
  const layout = isWhole(body) ? undefined : files.get(layoutFile)
  const around = layout === undefined ? [] : composition.read(layoutFile, layout, 1)
  const text = around.map((line) => line.text).join('\n')
  const place = slotFor(text, body)
  if (layout !== undefined) {
    composition.parts.add(layoutFile)
    if (place === null)
      composition.tell(
        { file: layoutFile, line: 1, column: 1 },
        'the layout has no {{ content }}: that is where emails stand',
      )
  }
  const lines = place === null ? own : spliced(around, place.index, place.index + place[0].length, own)
  const whole = joined(composition.expand(lines, [file]))
  return { ...whole, faults: composition.faults, parts: [...composition.parts] }
}
