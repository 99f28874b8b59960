import type { EmailTemplate } from '../../domain/email/email-template.ts'
import { largestSize } from '../../domain/email/largest-size.ts'
import { type EmailSource, placeInSource } from '../../domain/email/parse-email.ts'
import { clippedBeyond } from '../../domain/email/render-email.ts'
import { type Fault, isError } from '../../domain/playbook/fault.ts'
import type { PlaybookSource } from '../../domain/playbook/parse-playbook.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { positionAt } from '../../domain/playbook/text-position.ts'
import type { CompileEmail } from '../playbook-ports.ts'

/** Bytes of HTML above which Gmail, which cuts off at 102 KB, comes close. */
const largeHtml = 90_000

/** An email that Gmail may cut off is refused: its end, and with it the way to leave, is behind a link there. */
const sizeFault = (source: EmailSource, bytes: number, whose: string): readonly Fault[] => {
  if (bytes <= largeHtml) return []
  const message = `${Math.ceil(bytes / 1000)} KB of HTML${whose}: Gmail cuts off what is beyond 102 KB`
  const severity = bytes > clippedBeyond ? 'error' : 'warning'
  return [{ file: source.file, line: source.bodyLine, column: 1, message, severity }]
}

const filled = ' once long values and links that tell of clicks stand in it'

const neverEnds = (source: EmailSource, liquid: string | undefined): Fault => {
  const at = liquid === undefined ? -1 : source.mjml.indexOf(liquid)
  const place = placeInSource(source, positionAt(source.mjml, Math.max(0, at)))
  const message = 'this takes more time or room than an email may, and is never sent: repeat and join less'
  return { ...place, message, severity: 'error' }
}

/** As large as it is once it is filled; where the playbook has faults, as it is written. */
const sizeFaults = (
  email: string,
  language: string,
  source: EmailSource,
  template: EmailTemplate,
  playbook: Pick<Playbook, 'settings' | 'forms'> | undefined,
): readonly Fault[] => {
  const written = new TextEncoder().encode(template.html).byteLength
  const largest = playbook && largestSize(email, language, template, playbook)
  if (largest?.type === 'endless') return [neverEnds(source, largest.liquid)]
  return largest?.type !== 'bytes' || largest.bytes <= written
    ? sizeFault(source, written, '')
    : sizeFault(source, largest.bytes, filled)
}

/**
 * Compiles every email in every language; the faults of all are listed.
 * @param playbook absent where it has faults itself.
 */
export const compileEmails = async (
  emails: PlaybookSource['emails'],
  compile: CompileEmail,
  playbook?: Pick<Playbook, 'settings' | 'forms'>,
): Promise<{ readonly emails: Playbook['emails']; readonly faults: readonly Fault[] }> => {
  const compiled: Record<string, Playbook['emails'][string]> = {}
  const faults: Fault[] = []
  for (const [email, versions] of Object.entries(emails)) {
    for (const [language, source] of Object.entries(versions)) {
      const { html, faults: found } = await compile(source)
      const { subject, preheader, kind, purpose } = source
      const template = { subject, preheader, kind, ...(purpose !== undefined && { purpose }), html }
      // What MJML has thrown away may leave Liquid that cannot even be read.
      const isSound = !found.some(isError)
      faults.push(...found, ...(isSound ? sizeFaults(email, language, source, template, playbook) : []))
      compiled[email] = { ...compiled[email], [language]: template }
    }
  }
  return { emails: compiled, faults }
}
