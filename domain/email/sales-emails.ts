import type { EmailTemplate } from '../model/playbook.ts'
import type { Texts } from '../texts/en.ts'
import { spokenLanguages, textsIn } from '../texts/texts.ts'

/** Deliberately plain: it is for colleagues. */
const plainEmail = (language: string, subject: string, title: string, body: string): EmailTemplate => ({
  subject,
  preheader: '',
  kind: 'transactional',
  html: `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${title}</title></head>
<body style="font-family:Arial,sans-serif;font-size:16px;line-height:1.5;max-width:600px;margin:24px auto;padding:0 16px">
${body}
<p style="font-size:13px">{{ company.name }}, {{ company.address }}</p>
</body>
</html>`,
})

type InEachLanguage = Readonly<Record<string, EmailTemplate>>

const inEachLanguage = (
  make: (language: string, texts: Texts['salesEmail']) => EmailTemplate,
): InEachLanguage =>
  Object.fromEntries(
    spokenLanguages.map((language) => [language, make(language, textsIn(language).salesEmail)]),
  )

const name = '{{ lead.firstName | default: "" }} {{ lead.lastName | default: lead.email }}'
const lastName = '{{ lead.firstName | default: "" }} {{ lead.lastName | default: "" }}'
const address = '{{ lead.company | default: "" }}<br><a href="mailto:{{ lead.email }}">{{ lead.email }}</a>'

/** The email of a `notify` step, in every playbook. */
export const notifyEmail: InEachLanguage = inEachLanguage(
  (language, { noteOn, lead, fromSequence, openConsole }) =>
    plainEmail(
      language,
      `${noteOn} ${name}: {{ notice.message }}`,
      `${noteOn} ${name}`,
      `<p>{{ notice.message }}</p>
<p>${lead}: ${name}<br>${address}</p>
<p>${fromSequence} “{{ notice.sequence }}”.</p>
<p><a href="{{ links.console }}">${openConsole}</a></p>`,
    ),
)

const salesEmail = (email: 'reminder' | 'escalation' | 'reassigned'): InEachLanguage =>
  inEachLanguage((language, texts) => {
    const words: { readonly subject: string; readonly text: string; readonly accept?: string } = texts[email](
      '{{ lead.company | default: lead.email }}',
    )
    const { subject, text, accept } = words
    const page = `<p><a href="{{ links.console }}">${texts.openConsole}</a></p>`
    const links = `\n<p><a href="{{ links.accept }}">${accept}</a><br><a href="{{ links.reject }}">${texts.reject}</a></p>`
    return plainEmail(
      language,
      subject,
      subject,
      `<p>${texts.hello} {{ recipient.name }},</p>
<p>${text}</p>
<p>${texts.lead}: ${lastName}<br>${address}<br>${texts.score}: {{ handoff.score | round: 0 }}</p>${accept === undefined ? '' : links}
${page}`,
    )
  })

/** Default emails to salespeople after the first email about a handoff. */
export const furtherSalesEmails: Readonly<Record<string, InEachLanguage>> = {
  reminder: salesEmail('reminder'),
  escalation: salesEmail('escalation'),
  reassigned: salesEmail('reassigned'),
}
