import type { EmailTemplate } from './email-template.ts'

interface Words {
  readonly subject: string
  readonly from: string
  readonly lead: string
}

const words: Readonly<Record<'de' | 'en', Words>> = {
  de: { subject: 'Hinweis zu', from: 'Aus der Sequenz', lead: 'Kontakt' },
  en: { subject: 'Note on', from: 'From the sequence', lead: 'Lead' },
}

const name = '{{ lead.firstName | default: "" }} {{ lead.lastName | default: lead.email }}'

const templateOf = (language: 'de' | 'en'): EmailTemplate => {
  const { subject, from, lead } = words[language]
  return {
    subject: `${subject} ${name}: {{ notice.message }}`,
    preheader: '',
    kind: 'transactional',
    html: `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${subject} ${name}</title></head>
<body style="font-family:Arial,sans-serif;font-size:16px;line-height:1.5;max-width:600px;margin:24px auto;padding:0 16px">
<p>{{ notice.message }}</p>
<p>${lead}: ${name}<br>{{ lead.company | default: "" }}<br><a href="mailto:{{ lead.email }}">{{ lead.email }}</a></p>
<p>${from} “{{ notice.sequence }}”.</p>
<p style="font-size:13px">{{ company.name }}, {{ company.address }}</p>
</body>
</html>`,
  }
}

/** What a `notify` step sends to a team: plain on purpose, as it goes to colleagues, and not to be missing in any playbook. */
export const notifyEmail: Readonly<Record<string, EmailTemplate>> = {
  de: templateOf('de'),
  en: templateOf('en'),
}
