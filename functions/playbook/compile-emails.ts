import type { EmailSource } from '../../domain/email/parse-email.ts'
import type { Fault } from '../../domain/playbook/fault.ts'
import type { PlaybookSource } from '../../domain/playbook/parse-playbook.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { CompileEmail } from '../playbook-ports.ts'

/** Bytes of HTML above which Gmail, which cuts off at 102 KB, comes close. */
const largeHtml = 90_000

const sizeFaults = (source: EmailSource, html: string): readonly Fault[] => {
  const bytes = new TextEncoder().encode(html).byteLength
  if (bytes <= largeHtml) return []
  const message = `${Math.ceil(bytes / 1000)} KB of HTML: Gmail cuts off what is beyond 102 KB`
  return [{ file: source.file, line: source.bodyLine, column: 1, message, severity: 'warning' }]
}

/** Compiles every email in every language; the faults of all are listed. */
export const compileEmails = async (
  emails: PlaybookSource['emails'],
  compile: CompileEmail,
): Promise<{ readonly emails: Playbook['emails']; readonly faults: readonly Fault[] }> => {
  const compiled: Record<string, Playbook['emails'][string]> = {}
  const faults: Fault[] = []
  for (const [email, versions] of Object.entries(emails)) {
    for (const [language, source] of Object.entries(versions)) {
      const { html, faults: found } = await compile(source)
      faults.push(...found, ...sizeFaults(source, html))
      const { subject, preheader, kind } = source
      compiled[email] = { ...compiled[email], [language]: { subject, preheader, kind, html } }
    }
  }
  return { emails: compiled, faults }
}
