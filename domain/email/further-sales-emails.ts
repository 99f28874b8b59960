import type { EmailTemplate } from './email-template.ts'

interface Words {
  readonly subject: string
  readonly hello: string
  readonly text: string
  /** Absent: nothing is to be answered. */
  readonly accept?: string
  readonly reject: string
  readonly lead: string
  readonly score: string
}

type Languages = Readonly<Record<'de' | 'en', Words>>

const name = '{{ lead.firstName | default: "" }} {{ lead.lastName | default: "" }}'
const company = '{{ lead.company | default: lead.email }}'

const german = {
  hello: 'Guten Tag',
  reject: 'Ablehnen, mit Grund',
  lead: 'Kontakt',
  score: 'Punkte',
}
const english = {
  hello: 'Hello',
  reject: 'Reject, with a reason',
  lead: 'Lead',
  score: 'Score',
}

const reminder: Languages = {
  de: {
    ...german,
    subject: `Erinnerung: ${company} wartet auf Ihre Antwort`,
    text: 'seit {{ handoff.requested }} Uhr wartet dieser Lead auf Ihre Antwort. Bitte antworten Sie bis {{ handoff.due }} Uhr.',
    accept: 'Annehmen',
  },
  en: {
    ...english,
    subject: `Reminder: ${company} is waiting for your answer`,
    text: 'this lead has been waiting for your answer since {{ handoff.requested }}. Please answer by {{ handoff.due }}.',
    accept: 'Accept',
  },
}

const escalation: Languages = {
  de: {
    ...german,
    subject: `Ohne Antwort: ${company} liegt bei {{ handoff.owner }}`,
    text: '{{ handoff.owner }} hat auf diesen Lead nicht geantwortet; erbeten war es bis {{ handoff.due }} Uhr. Sie können ihn selbst annehmen oder ablehnen.',
    accept: 'Selbst annehmen',
  },
  en: {
    ...english,
    subject: `No answer: ${company} is with {{ handoff.owner }}`,
    text: '{{ handoff.owner }} has not answered this lead, which was asked for by {{ handoff.due }}. You can accept or reject it yourself.',
    accept: 'Accept it myself',
  },
}

const reassigned: Languages = {
  de: {
    ...german,
    subject: `Jetzt bei Ihnen: ${company}`,
    text: 'dieser Lead lag bei {{ handoff.previousOwner }} und gehört jetzt Ihnen, mit allen Verkaufschancen. Er ist bereits angenommen; Sie müssen nicht antworten.{% if handoff.reassignedBecause != "" %}<br>Grund: {{ handoff.reassignedBecause }}{% endif %}',
  },
  en: {
    ...english,
    subject: `Now yours: ${company}`,
    text: 'this lead was with {{ handoff.previousOwner }} and is now yours, with its deals. It has been accepted already: there is nothing to answer.{% if handoff.reassignedBecause != "" %}<br>Why: {{ handoff.reassignedBecause }}{% endif %}',
  },
}

const answerLinks = ({ accept, reject }: Words): string =>
  accept === undefined
    ? ''
    : `<p><a href="{{ links.accept }}">${accept}</a><br><a href="{{ links.reject }}">${reject}</a></p>\n`

const templateOf = (language: 'de' | 'en', words: Words): EmailTemplate => ({
  subject: words.subject,
  preheader: '',
  kind: 'transactional',
  html: `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${words.subject}</title></head>
<body style="font-family:Arial,sans-serif;font-size:16px;line-height:1.5;max-width:600px;margin:24px auto;padding:0 16px">
<p>${words.hello} {{ recipient.name }},</p>
<p>${words.text}</p>
<p>${words.lead}: ${name}<br>{{ lead.company | default: "" }}<br><a href="mailto:{{ lead.email }}">{{ lead.email }}</a><br>${words.score}: {{ handoff.score | round: 0 }}</p>
${answerLinks(words)}<p style="font-size:13px">{{ company.name }}, {{ company.address }}</p>
</body>
</html>`,
})

const inBoth = (words: Languages): Readonly<Record<string, EmailTemplate>> => ({
  de: templateOf('de', words.de),
  en: templateOf('en', words.en),
})

/** What the system sends to salespeople after the first email about a handoff, by email and language, where a playbook has no such email. */
export const furtherSalesEmails: Readonly<Record<string, Readonly<Record<string, EmailTemplate>>>> = {
  reminder: inBoth(reminder),
  escalation: inBoth(escalation),
  reassigned: inBoth(reassigned),
}
