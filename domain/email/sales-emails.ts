import type { EmailTemplate } from '../model/playbook.ts'

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

interface SalesWords {
  readonly subject: string
  readonly hello: string
  readonly text: string
  /** Absent: nothing is to be answered. */
  readonly accept?: string
  readonly reject: string
  readonly lead: string
  readonly score: string
}

type Languages = Readonly<Record<'de' | 'en', SalesWords>>

const salesEmailName = '{{ lead.firstName | default: "" }} {{ lead.lastName | default: "" }}'
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

const answerLinks = ({ accept, reject }: SalesWords): string =>
  accept === undefined
    ? ''
    : `<p><a href="{{ links.accept }}">${accept}</a><br><a href="{{ links.reject }}">${reject}</a></p>\n`

const salesTemplate = (language: 'de' | 'en', words: SalesWords): EmailTemplate => ({
  subject: words.subject,
  preheader: '',
  kind: 'transactional',
  html: `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="color-scheme" content="light dark"><title>${words.subject}</title></head>
<body style="font-family:Arial,sans-serif;font-size:16px;line-height:1.5;max-width:600px;margin:24px auto;padding:0 16px">
<p>${words.hello} {{ recipient.name }},</p>
<p>${words.text}</p>
<p>${words.lead}: ${salesEmailName}<br>{{ lead.company | default: "" }}<br><a href="mailto:{{ lead.email }}">{{ lead.email }}</a><br>${words.score}: {{ handoff.score | round: 0 }}</p>
${answerLinks(words)}<p style="font-size:13px">{{ company.name }}, {{ company.address }}</p>
</body>
</html>`,
})

const inBoth = (words: Languages): Readonly<Record<string, EmailTemplate>> => ({
  de: salesTemplate('de', words.de),
  en: salesTemplate('en', words.en),
})

/** What the system sends to salespeople after the first email about a handoff, by email and language, where a playbook has no such email. */
export const furtherSalesEmails: Readonly<Record<string, Readonly<Record<string, EmailTemplate>>>> = {
  reminder: inBoth(reminder),
  escalation: inBoth(escalation),
  reassigned: inBoth(reassigned),
}

/** What a salesperson reads for each built-in activity: English, German. */
const wordsByLanguage: Readonly<Record<string, readonly [en: string, de: string]>> = {
  'ad.impression': ['Was shown an advertisement', 'Hat eine Anzeige gesehen'],
  'ad.clicked': ['Clicked an advertisement', 'Hat eine Anzeige angeklickt'],
  'page.viewed': ['Visited a page', 'Hat eine Seite besucht'],
  'content.viewed': ['Read an article', 'Hat einen Beitrag gelesen'],
  'page.engaged': ['Stayed on a page', 'Hat sich länger mit einer Seite beschäftigt'],
  'newsletter.subscribed': ['Subscribed to the newsletter', 'Hat den Newsletter abonniert'],
  'demo.requested': ['Asked for a demo', 'Hat eine Vorführung angefragt'],
  'content.downloaded': ['Downloaded a document', 'Hat ein Dokument heruntergeladen'],
  'webinar.registered': ['Registered for a webinar', 'Hat sich zu einem Webinar angemeldet'],
  'webinar.attended': ['Attended a webinar', 'Hat an einem Webinar teilgenommen'],
  'quote.requested': ['Asked for a quote', 'Hat ein Angebot angefragt'],
  'cart.updated': ['Changed the cart', 'Hat den Warenkorb geändert'],
  'prices.compared': ['Compared prices', 'Hat Preise verglichen'],
  'sample.requested': ['Asked for a sample', 'Hat ein Muster angefragt'],
  'sales.engaged': ['Spoke with sales', 'Hat mit dem Vertrieb gesprochen'],
  'offer.rated': ['Rated an offer', 'Hat ein Angebot bewertet'],
  'support.contacted': ['Contacted support', 'Hat den Support kontaktiert'],
  'order.completed': ['Placed an order', 'Hat bestellt'],
  'form.submitted': ['Filled in a form', 'Hat ein Formular ausgefüllt'],
  'profile.updated': ['Profile updated', 'Profil aktualisiert'],
  'consent.granted': ['Gave consent', 'Hat eingewilligt'],
  'consent.withdrawn': ['Withdrew consent', 'Hat die Einwilligung widerrufen'],
  'email.sent': ['Was sent an email', 'E-Mail gesendet'],
  'email.delivered': ['Received an email', 'E-Mail zugestellt'],
  'email.opened': ['Opened an email', 'Hat eine E-Mail geöffnet'],
  'email.clicked': ['Clicked in an email', 'Hat in einer E-Mail geklickt'],
  'email.bounced': ['An email bounced', 'E-Mail unzustellbar'],
  'email.complained': ['Reported an email as spam', 'Hat eine E-Mail als Spam gemeldet'],
  'email.unsubscribed': ['Unsubscribed', 'Hat sich abgemeldet'],
  'contact.requested': ['Asked to be contacted', 'Hat um Kontakt gebeten'],
  'handoff.accepted': ['Accepted by sales', 'Vom Vertrieb angenommen'],
  'handoff.rejected': ['Rejected by sales', 'Vom Vertrieb abgelehnt'],
  'needs.recorded': ['Needs recorded', 'Bedarf aufgenommen'],
  'proposal.sent': ['Was sent a proposal', 'Angebot verschickt'],
  'proposal.accepted': ['Accepted a proposal', 'Hat ein Angebot angenommen'],
  'proposal.declined': ['Declined a proposal', 'Hat ein Angebot abgelehnt'],
  'negotiation.started': ['Negotiation began', 'Verhandlung begonnen'],
  'negotiation.ended': ['Negotiation ended', 'Verhandlung beendet'],
  'deal.opened': ['A deal was opened', 'Geschäft eröffnet'],
  'deal.moved': ['A deal moved on', 'Geschäft in anderer Phase'],
  'deal.won': ['Deal won', 'Abschluss gewonnen'],
  'deal.lost': ['Deal lost', 'Abschluss verloren'],
  'onboarding.completed': ['Completed onboarding', 'Einführung abgeschlossen'],
  'customer.rated': ['Rated us as a customer', 'Hat uns als Kunde bewertet'],
}

/** @returns undefined for custom activities. */
export const activityWords = (type: string, language: string): string | undefined =>
  wordsByLanguage[type]?.[language.toLowerCase().startsWith('de') ? 1 : 0]
