import type { EmailSource } from '../../domain/email/parse-email.ts'
import type { Fault } from '../../domain/playbook/fault.ts'
import { withPreheader } from './mjml-source.ts'

/** What became of one email: its HTML, Liquid left in place, and what MJML's validator says. */
export interface CompiledMjml {
  readonly html: string
  readonly faults: readonly Fault[]
}

const columnOf = (line: string, tag: string, message: string): number => {
  const start = Math.max(0, line.search(new RegExp(`<${tag}\\b`)))
  const attribute = /^Attribute (\S+) /.exec(message)?.[1]
  const within = attribute === undefined ? -1 : line.slice(start).search(new RegExp(`\\s${attribute}\\s*=`))
  return start + (within < 0 ? 0 : within + 1) + 1
}

/** Compiles strictly: whatever the validator complains about is a fault. Imports MJML only when called, as that takes most of a second. */
export const compileMjml = async (source: EmailSource): Promise<CompiledMjml> => {
  const { default: mjml2html } = await import('mjml')
  const mjml = withPreheader(source)
  const { html, errors } = await mjml2html(mjml, {
    validationLevel: 'soft',
    keepComments: false,
    fonts: {},
    ignoreIncludes: true,
  })
  const lines = source.mjml.split('\n')
  const faults = errors.map(
    ({ line, message, tagName }): Fault => ({
      file: source.file,
      line: source.bodyLine - 1 + line,
      column: columnOf(lines[line - 1] ?? '', tagName, message),
      message,
      severity: 'error',
    }),
  )
  return { html, faults }
}
