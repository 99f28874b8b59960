import { writeConstants } from '../../../domain/email/liquid.ts'
import type { Fault } from '../../../domain/playbook/fault.ts'
import { type EmailSource, placeInSource } from '../../../domain/playbook/parse-email.ts'
import { positionAt } from '../../../domain/playbook/yaml-file.ts'
import type { CompiledEmail } from '../../playbook-ports.ts'
import {
  endlessComments,
  lostLiquid,
  lostText,
  type MjmlFinding,
  markLiquid,
  splitComments,
  unbalancedTags,
  withoutHidden,
  withoutMarks,
} from './mjml-tags.ts'

const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

/** Escapes what the author wrote; Liquid's own tags and outputs stay as they are. */
const escapeText = (text: string): string =>
  text
    .split(/(\{\{[\s\S]*?\}\}|\{%[\s\S]*?%\})/)
    .map((part, index) =>
      index % 2 === 1 ? part : part.replaceAll(/[&<>]/g, (letter) => escapes[letter] ?? letter),
    )
    .join('')

/**
 * The MJML with the preheader in it, as the hidden first line that inboxes show. No line is added or moved, so that
 * line numbers stay true. An email that has its own `mj-preview` keeps it.
 */
const withPreheader = ({ mjml, preheader }: EmailSource): string => {
  if (/<mj-preview[\s>]/.test(mjml)) return mjml
  const preview = `<mj-preview>${escapeText(preheader)}</mj-preview>`
  return /<mj-head\s*>/.test(mjml)
    ? mjml.replace(/<mj-head\s*>/, (head) => head + preview)
    : mjml.replace(/<mjml(\s[^>]*)?>/, (root) => `${root}<mj-head>${preview}</mj-head>`)
}

/** Where white space counts. */
const keepsSpace = /<(pre|textarea)\b|white-space:\s*pre/

/** MJML hides the preheader; that it is white besides looks to spam filters like text that nobody is to see. */
const whitePreheader = /(<div style="display:none;font-size:1px;)color:#ffffff;/

/** Takes out indentation and empty lines, a fifth of what MJML writes; a line break stays between words. */
const tidyHtml = (html: string): string => {
  const honest = html.replace(whitePreheader, '$1')
  return keepsSpace.test(honest) ? honest : honest.replaceAll(/[ \t]*\n\s*/g, '\n').trim()
}

const images = /<(mj-image|mj-carousel-image|img)\b((?:[^<>"']|"[^"]*"|'[^']*')*)>/g

/** Places of images that say nothing to those who do not see them; `alt=""` is said on purpose. */
const imagesWithoutAlt = (mjml: string): readonly { readonly message: string; readonly offset: number }[] =>
  [...withoutHidden(mjml).matchAll(images)]
    .filter(([, , attributes = '']) => !/\salt\s*=/.test(attributes))
    .map(({ 1: tag, index }) => ({
      message: `<${tag}> has no alt text: most inboxes block images at first (alt="" for mere decoration)`,
      offset: index,
    }))

const columnOf = (line: string, tag: string, message: string): number => {
  const start = Math.max(0, line.search(new RegExp(`<${tag}\\b`)))
  const attribute = /^Attribute (\S+) /.exec(message)?.[1]
  const within = attribute === undefined ? -1 : line.slice(start).search(new RegExp(`\\s${attribute}\\s*=`))
  return start + (within < 0 ? 0 : within + 1) + 1
}

const faultAt = (source: EmailSource, line: number, column: number, message: string): Fault => ({
  ...placeInSource(source, { line, column }),
  message,
  severity: 'error',
})

const placed = (source: EmailSource, mjml: string, { message, offset }: MjmlFinding): Fault => {
  const { line, column } = positionAt(mjml, offset)
  return faultAt(source, line, column, message)
}

/** What is wrong with the tags: MJML would not find it, or would find it elsewhere. */
const brokenMarkup = (mjml: string): readonly MjmlFinding[] => [
  ...endlessComments(mjml),
  ...splitComments(mjml),
  ...unbalancedTags(mjml),
]

/**
 * Compiles strictly: whatever the validator complains about is a fault, and whatever it passes over in silence. Imports
 * MJML only when called, as that takes most of a second.
 */
export const compileMjml = async (source: EmailSource): Promise<CompiledEmail> => {
  const mjml = source.constants ? writeConstants(source.mjml, source.constants) : source.mjml
  const broken = brokenMarkup(mjml)
  if (broken.length > 0) return { html: '', faults: broken.map((one) => placed(source, mjml, one)) }
  const { default: mjml2html } = await import('mjml')
  try {
    const { html, errors } = await mjml2html(withPreheader({ ...source, mjml: markLiquid(mjml) }), {
      validationLevel: 'soft',
      keepComments: false,
      fonts: {},
      ignoreIncludes: true,
    })
    const lines = mjml.split('\n')
    const findings = [
      ...lostLiquid(mjml, html, errors.length === 0),
      ...lostText(mjml),
      ...imagesWithoutAlt(mjml),
    ]
    return {
      html: tidyHtml(withoutMarks(html)),
      faults: [
        ...errors.map(({ line, message, tagName }) =>
          faultAt(source, line, columnOf(lines[line - 1] ?? '', tagName, message), withoutMarks(message)),
        ),
        ...findings.map((one) => placed(source, mjml, one)),
      ],
    }
  } catch (error) {
    return { html: '', faults: [faultAt(source, 1, 1, `MJML cannot compile this email: ${wording(error)}`)] }
  }
}

const wording = (error: unknown): string =>
  error instanceof RangeError ? 'its tags are nested too deep' : String(error)
