import { type EmailSource, placeInSource } from '../../../domain/email/parse-email.ts'
import { writeConstants } from '../../../domain/email/settled-liquid.ts'
import type { Fault } from '../../../domain/playbook/fault.ts'
import { positionAt } from '../../../domain/playbook/text-position.ts'
import type { CompiledEmail } from '../../playbook-ports.ts'
import {
  endlessComments,
  lostLiquid,
  lostText,
  type MjmlFinding,
  markLiquid,
  splitComments,
  withoutMarks,
} from './lost-liquid.ts'
import { imagesWithoutAlt } from './mjml-images.ts'
import { withPreheader } from './mjml-source.ts'
import { unbalancedTags } from './mjml-tags.ts'
import { tidyHtml } from './tidy-html.ts'

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
