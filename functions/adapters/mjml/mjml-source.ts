import type { EmailSource } from '../../../domain/email/parse-email.ts'

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
export const withPreheader = ({ mjml, preheader }: EmailSource): string => {
  if (/<mj-preview[\s>]/.test(mjml)) return mjml
  const preview = `<mj-preview>${escapeText(preheader)}</mj-preview>`
  return /<mj-head\s*>/.test(mjml)
    ? mjml.replace(/<mj-head\s*>/, (head) => head + preview)
    : mjml.replace(/<mjml(\s[^>]*)?>/, (root) => `${root}<mj-head>${preview}</mj-head>`)
}
