import { isConfirmation } from '../playbook/built-in-names.ts'
import { type Checks, type Finding, noChecks } from '../playbook/checks.ts'
import type { Fault } from '../playbook/fault.ts'
import { rawText } from '../playbook/raw.ts'
import { readShape } from '../playbook/read-shape.ts'
import { type FrontMatter, frontMatterSchema } from '../playbook/schema/front-matter-schema.ts'
import { positionAt, type TextPosition } from '../playbook/text-position.ts'
import { readYaml, type YamlFile } from '../playbook/yaml-file.ts'
import { checkLiquid } from './check-liquid.ts'
import { checkMarkup } from './check-markup.ts'
import { composeMjml, type Origin, placeOf } from './compose-mjml.ts'
import { constantShapes, type Referable, type Shape, scopeOf } from './liquid-scope.ts'
import { mergeTags } from './merge-tags.ts'
import type { Constants } from './settled-liquid.ts'

/** One email in one language as written; its MJML is not compiled yet. */
export interface EmailSource extends FrontMatter {
  readonly file: string
  /** With its layout and all that it includes; `constants` are not written into it yet. */
  readonly mjml: string
  /** The line of the file, from 1, on which its own MJML begins. */
  readonly bodyLine: number
  /** Where the lines of `mjml` come from; absent: all from `file`. */
  readonly origins?: readonly Origin[]
  readonly constants?: Constants
}

/** Where a place in an email's MJML stands in the playbook. */
export const placeInSource = (
  { file, bodyLine, origins = [{ from: 1, file, line: bodyLine, column: 1 }] }: EmailSource,
  position: TextPosition,
): Omit<Origin, 'from'> => placeOf(origins, position)

const frontMatter = /^---[ \t]*\r?\n([\s\S]*?)^---[ \t]*(?:\r?\n|$)/m

const unsubscribe = /\{\{-?\s*links\s*(?:\.\s*unsubscribe|\[\s*["']unsubscribe["']\s*\])[\s|}-]/

/** What an email is read with. */
export interface EmailSurroundings extends Referable {
  /** Of the company's sites. */
  readonly ownHosts?: readonly string[]
  /** Text of each file of the playbook, for the layout and what is included. */
  readonly files?: ReadonlyMap<string, string>
  /** `brand.*`. */
  readonly brand?: Constants['brand']
}

const noFiles: ReadonlyMap<string, string> = new Map()

const languageIn = (file: string): string | undefined => /\.([^./]+)\.mjml$/.exec(file)?.[1]

/** `email.*` for each reader alike, as far as the front matter can be read. */
const emailConstants = (file: string, email: string, head: unknown): Constants['email'] => ({
  id: email,
  language: languageIn(file),
  kind: rawText(head, 'kind'),
  reason: rawText(head, 'reason'),
})

const saysWording = /\bconsent\s*(?:\.\s*wording\b|\[\s*["']wording["']\s*\])/

const noWording =
  'nothing here says what is confirmed: write {{ consent.wording }}, the words of the form that was filled in; this email is the evidence'

/** Reads `emails/<email>.<lang>.mjml`: the front matter, the Liquid in it and below, and where its markup leads. */
export const parseEmail = (
  file: string,
  text: string,
  email: string,
  surroundings: EmailSurroundings,
): {
  readonly email?: EmailSource
  /** Its MJML can be compiled, whatever the front matter is like. */
  readonly draft?: EmailSource
  readonly faults: readonly Fault[]
  /** Other files that it is made of. */
  readonly parts: readonly string[]
} => {
  const match = frontMatter.exec(text)
  if (match === null || match.index !== 0) {
    const message = 'an email begins with its front matter: ---, then subject, preheader and kind, then ---'
    return { faults: [{ file, line: 1, column: 1, message, severity: 'error' }], parts: [] }
  }
  const { attributes, ownHosts = [], files = noFiles, brand = {} } = surroundings
  const yaml = readYaml(file, match[1] ?? '', 1)
  const head = readShape(yaml, (_: Checks) => frontMatterSchema(), noChecks)
  const { line: bodyLine } = positionAt(text, match[0].length)
  const constants = { email: emailConstants(file, email, yaml.root), brand }
  const composed = composeMjml({ file, body: text.slice(match[0].length), bodyLine }, files, constants)
  const { mjml, origins } = composed
  const names = scopeOf(email, surroundings, constants.email.language)
  const faults = [...head.faults, ...frontMatterFaults(yaml, names, attributes), ...composed.faults]
  const found: readonly Finding[] = [
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
  const source = head.value && { ...head.value, ...body }
  const draft = source ?? { subject: '', preheader: '', kind: 'transactional' as const, ...body }
  return { ...(source && { email: source }), draft, faults, parts: composed.parts }
}

/** Liquid in the front matter. */
const frontMatterFaults = (
  yaml: YamlFile,
  names: Readonly<Record<string, Shape>>,
  attributes: readonly string[],
): readonly Fault[] =>
  (['subject', 'preheader', 'reason'] as const).flatMap((key) => {
    const text = rawText(yaml.root, key) ?? ''
    const found = [
      ...checkLiquid(text, names),
      ...mergeTags(text, attributes),
      ...(key === 'subject' ? longSubject(text) : []),
    ]
    return found.map(({ message, offset, severity }) =>
      yaml.fault([key], message, {
        ...(offset === undefined ? {} : { offset }),
        ...(severity === undefined ? {} : { severity }),
      }),
    )
  })

/** Far more than any inbox shows. */
const longestSubject = 120

const longSubject = (text: string): readonly Finding[] => {
  const length = [...text.replaceAll(/\{[{%][\s\S]*?[%}]\}/g, '')].length
  return length > longestSubject
    ? [{ message: `${length} characters: inboxes show about 60 of a subject`, severity: 'warning' }]
    : []
}
