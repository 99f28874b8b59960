import {
  type Constants,
  constantShapes,
  type Referable,
  type Shape,
  scopeOf,
  settleBranches,
  writeConstants,
} from '../email/liquid.ts'
import { isConfirmation } from '../model/built-in-names.ts'
import { didYouMean } from '../model/did-you-mean.ts'
import { mainVariant, variantId } from '../model/playbook.ts'
import { rawEntries, rawText } from '../model/raw.ts'
import { type Assets, placeAssets } from './check-assets.ts'
import { checkLiquid } from './check-liquid.ts'
import { checkMarkup, withoutLiquid } from './check-markup.ts'
import type { Fault } from './fault.ts'
import { type Checks, type Finding, noChecks, readShape } from './faults.ts'
import { mergeTags } from './merge-tags.ts'
import { type FrontMatter, frontMatterSchema } from './schema/sequence-schema.ts'
import { positionAt, readYaml, type TextPosition, type YamlFile } from './yaml-file.ts'

/** Origin of consecutive lines. */
interface Origin {
  /** First line in the composed text, from 1. */
  readonly from: number
  readonly file: string
  readonly line: number
  /** Column of the first line; the others begin at 1. */
  readonly column: number
}

/** MJML composed of several files. */
interface ComposedMjml {
  readonly mjml: string
  readonly origins: readonly Origin[]
  readonly faults: readonly Fault[]
  /** Other files used. */
  readonly parts: readonly string[]
}

export const layoutFile = 'emails/_layout.mjml'

/** More than any email has; prevents includes that multiply from filling memory. */
const mostLines = 20_000

interface Line {
  readonly text: string
  readonly file: string
  readonly line: number
  readonly column: number
}

/** Maps a position in the composed text to its file. */
const placeOf = (
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

/** Replaces a stretch of text by other lines. */
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

/** Resolves a path relative to its file; undefined if it leaves `emails/`. */
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

  /** Replaces each `mj-include` by its file. @param within files being included. */
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
      // Continues behind the include, on the line where it ends.
      const left = rest.length - from.line + 1
      done = [...done, ...all.slice(0, all.length - left)]
      rest = all.slice(all.length - left)
    }
  }

  report({ file, line, column }: Omit<Line, 'text'>, message: string): void {
    this.faults.push({ file, line, column, message, severity: 'error' })
  }

  #included(tag: string, place: Omit<Line, 'text'>, within: readonly string[]): readonly Line[] {
    const [, double, single] = pathOf.exec(tag) ?? []
    const path = writeConstants(double ?? single ?? '', this.#constants)
    const file = resolved(path, place.file)
    const problem = this.#problem(tag, path, file, within)
    if (problem !== undefined || file === undefined) {
      this.report(place, problem ?? '')
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
    if (path === '') return 'the path is missing: <mj-include path="part.mjml" />'
    if (file === undefined) return `"${path}" is outside of emails/: includes must be inside`
    const text = this.#files.get(file)
    if (text === undefined) {
      const known = [...this.#files.keys()].filter((name) => name.startsWith('emails/'))
      return `there is no file ${file}${didYouMean(file, known)}`
    }
    if (/\stype\s*=\s*["'](?!mjml)/i.test(tag))
      return 'only MJML can be included: put styles in <mj-style>, HTML in <mj-raw>'
    if (within.includes(file))
      return `this leads back here: ${[...within.slice(within.indexOf(file)), file].join(' → ')}`
    if (/^\s*(---|<mjml\b)/.test(text))
      return `${file} is a complete email: an include has no front matter and no <mjml>`
    return this.#count > mostLines ? 'too much is included: an email has a few hundred lines' : undefined
  }
}

const slot = /\{\{-?\s*content\s*-?\}\}/
const section =
  /<mj-section\b[^<>]*>\s*<mj-column\b[^<>]*>\s*\{\{-?\s*content\s*-?\}\}\s*<\/mj-column>\s*<\/mj-section>/

/** An email's sections replace the layout's section around its content. */
const slotFor = (layout: string, body: string): RegExpExecArray | null => {
  const first = /<([a-z-]+)/i.exec(withoutLiquid(body))?.[1]?.toLowerCase()
  const isWide = first !== undefined && ['mj-section', 'mj-wrapper', 'mj-hero'].includes(first)
  return (isWide ? section.exec(layout) : null) ?? slot.exec(layout)
}

const isWhole = (body: string): boolean => /^\s*<mjml\b/i.test(withoutLiquid(body)) || body.trim() === ''

/**
 * Composes an email from its includes and `emails/_layout.mjml`, unless it is a complete `<mjml>` itself.
 * @param files text of each file of the playbook.
 */
const composeMjml = (
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
      composition.report(
        { file: layoutFile, line: 1, column: 1 },
        'the layout has no {{ content }}, the place for emails',
      )
  }
  const lines = place === null ? own : spliced(around, place.index, place.index + place[0].length, own)
  const whole = joined(composition.expand(lines, [file]))
  return { ...whole, faults: composition.faults, parts: [...composition.parts] }
}

/** One email in one language, not yet compiled. */
export interface EmailSource extends FrontMatter {
  readonly file: string
  /** With layout and includes, but without `constants`. */
  readonly mjml: string
  /** Line of the file, from 1, on which its MJML begins. */
  readonly bodyLine: number
  /** Origins of the lines of `mjml`; absent: all from `file`. */
  readonly origins?: readonly Origin[]
  readonly constants?: Constants
}

/** Maps a position in an email's MJML to the playbook. */
export const placeInSource = (
  { file, bodyLine, origins = [{ from: 1, file, line: bodyLine, column: 1 }] }: EmailSource,
  position: TextPosition,
): Omit<Origin, 'from'> => placeOf(origins, position)

const frontMatter = /^---[ \t]*\r?\n([\s\S]*?)^---[ \t]*(?:\r?\n|$)/m

const unsubscribe = /\{\{-?\s*links\s*(?:\.\s*unsubscribe|\[\s*["']unsubscribe["']\s*\])[\s|}-]/

/** Context for reading an email. */
interface EmailSurroundings extends Referable {
  /** Hosts of the company's sites. */
  readonly ownHosts?: readonly string[]
  /** Text of each file, for layout and includes. */
  readonly files?: ReadonlyMap<string, string>
  /** Pictures of the playbook. */
  readonly assets?: Assets
  /** Which of its variants is read. @default main */
  readonly variant?: string
  /** `brand.*`. */
  readonly brand?: Constants['brand']
}

const noFiles: ReadonlyMap<string, string> = new Map()
const noAssets: Assets = new Map()

const languageIn = (file: string): string | undefined => /\.([^./]+)\.mjml$/.exec(file)?.[1]

/** `email.*`, which is the same for all readers, as far as the front matter is readable. */
const emailConstants = (file: string, email: string, head: unknown, variant: string): Constants['email'] => ({
  id: variantId(email, variant),
  variant,
  language: languageIn(file),
  kind: rawText(head, 'kind'),
  reason: rawText(head, 'reason'),
})

const saysWording = /\bconsent\s*(?:\.\s*wording\b|\[\s*["']wording["']\s*\])/

const noWording =
  'the email does not say what is confirmed: write {{ consent.wording }}, the wording of the form; this email is the evidence'

/** Names of an email's variants, as far as its front matter is readable. */
export const variantsIn = (text: string): readonly string[] => {
  const head = frontMatter.exec(text)
  // Most emails have none, and reading YAML takes its time.
  if (head?.index !== 0 || !/^variants\s*:/m.test(head[1] ?? '')) return []
  return rawEntries(readYaml('', head[1] ?? '').root, 'variants').map(([variant]) => variant)
}

interface ParsedEmail {
  readonly email?: EmailSource
  /** Present if the MJML can be compiled, even with faults in the front matter. */
  readonly draft?: EmailSource
  readonly faults: readonly Fault[]
  /** Other files used. */
  readonly parts: readonly string[]
}

/** Reads `emails/<email>.<lang>.mjml`: the front matter, the Liquid in it and below, and where its markup leads. */
export const parseEmail = (
  file: string,
  text: string,
  email: string,
  surroundings: EmailSurroundings,
): ParsedEmail => {
  const match = frontMatter.exec(text)
  if (match === null || match.index !== 0) {
    const message = 'an email begins with its front matter: ---, then subject, preheader and kind, then ---'
    return { faults: [{ file, line: 1, column: 1, message, severity: 'error' }], parts: [] }
  }
  const { attributes, ownHosts = [], files = noFiles, assets = noAssets, brand = {} } = surroundings
  const { variant = mainVariant } = surroundings
  const yaml = readYaml(file, match[1] ?? '', 1)
  const head = readShape(yaml, (_: Checks) => frontMatterSchema(), noChecks)
  const { line: bodyLine } = positionAt(text, match[0].length)
  const constants = { email: emailConstants(file, email, yaml.root, variant), brand }
  const composed = composeMjml({ file, body: text.slice(match[0].length), bodyLine }, files, constants)
  const { origins } = composed
  const { mjml, findings } = placeAssets(composed.mjml, assets)
  const names = scopeOf(email, surroundings, constants.email.language)
  const faults = [...head.faults, ...frontMatterFaults(yaml, names, attributes), ...composed.faults]
  const found: readonly Finding[] = [
    ...findings,
    ...checkLiquid(mjml, { ...names, ...constantShapes }),
    ...checkMarkup(mjml, ownHosts),
    ...mergeTags(mjml, attributes),
  ]
  for (const { message, offset, severity } of found) {
    const place = placeOf(origins, positionAt(mjml, offset ?? 0))
    faults.push({ ...place, message, severity: severity ?? 'error' })
  }
  if (rawText(yaml.root, 'kind') === 'marketing' && !unsubscribe.test(mjml))
    faults.push(yaml.fault(['kind'], 'a marketing email must have a link to {{ links.unsubscribe }}'))
  if (isConfirmation(email) && !saysWording.test(mjml))
    faults.push({ file, line: bodyLine, column: 1, message: noWording, severity: 'warning' })
  const body = { file, mjml, bodyLine, origins, constants }
  const source = head.value && { ...head.value, ...head.value.variants?.[variant], ...body }
  const draft = source ?? { subject: '', preheader: '', kind: 'transactional' as const, ...body }
  return { ...(source && { email: source }), draft, faults, parts: composed.parts }
}

/** An email as it was read before, by variant, and the text of every file that it is made of. */
interface KnownEmail {
  readonly text: string
  readonly variants: Map<
    string,
    { readonly parsed: ParsedEmail; readonly parts: readonly (readonly [file: string, text: string])[] }
  >
}

/** The emails of one playbook as they were read last: a draft is checked again and again while one of them changes. */
export interface KnownEmails {
  /** All else that they depend on, as text. */
  surroundings: string
  readonly emails: Map<string, KnownEmail>
}

export const noEmailsKnown = (): KnownEmails => ({ surroundings: '', emails: new Map() })

/** Reads emails as `parseEmail` does; one that is in `known`, and of which nothing has changed, is not read again. */
export const emailReader = (known: KnownEmails, surroundings: Omit<EmailSurroundings, 'variant'>) => {
  const { files = noFiles, assets = noAssets, ...others } = surroundings
  const key = JSON.stringify([others, [...assets], [...files.keys()]])
  if (known.surroundings !== key) known.emails.clear()
  known.surroundings = key
  return (file: string, text: string, email: string, variant: string): ParsedEmail => {
    const before = known.emails.get(file)
    const entry: KnownEmail = before?.text === text ? before : { text, variants: new Map() }
    known.emails.set(file, entry)
    const found = entry.variants.get(variant)
    if (found?.parts.every(([part, was]) => files.get(part) === was)) return found.parsed
    const parsed = parseEmail(file, text, email, { ...surroundings, variant })
    const parts = parsed.parts.map((part) => [part, files.get(part) ?? ''] as const)
    entry.variants.set(variant, { parsed, parts })
    return parsed
  }
}

/** Liquid in the front matter. */
const frontMatterFaults = (
  yaml: YamlFile,
  names: Readonly<Record<string, Shape>>,
  attributes: readonly string[],
): readonly Fault[] =>
  [
    ...['subject', 'preheader', 'reason'].map((key) => [key]),
    ...rawEntries(yaml.root, 'variants').flatMap(([variant]) =>
      ['subject', 'preheader'].map((key) => ['variants', variant, key]),
    ),
  ].flatMap((path) => {
    const text = rawText(yaml.root, ...path) ?? ''
    const found = [
      ...checkLiquid(text, names),
      ...mergeTags(text, attributes),
      ...(path.at(-1) === 'subject' ? longSubject(text) : []),
    ]
    return found.map(({ message, offset, severity }) =>
      yaml.fault(path, message, {
        ...(offset === undefined ? {} : { offset }),
        ...(severity === undefined ? {} : { severity }),
      }),
    )
  })

/** More than any inbox shows. */
const longestSubject = 120

const longSubject = (text: string): readonly Finding[] => {
  const length = [...text.replaceAll(/\{[{%][\s\S]*?[%}]\}/g, '')].length
  return length > longestSubject
    ? [{ message: `${length} characters: inboxes show about 60 of a subject`, severity: 'warning' }]
    : []
}
