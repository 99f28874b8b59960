import { localize } from '../model/form.ts'
import type { Disposition, Team } from '../model/handoff-rules.ts'
import { type Html, type HtmlValue, html, type PageFrame, renderPage } from '../page/page-layout.ts'
import type { Texts } from '../texts/en.ts'
import { textsIn } from '../texts/texts.ts'
import { readableDay, readableTime } from '../time/local-time.ts'
import { byActivity } from './follow-lead.ts'
import type { Handoff } from './handoff.ts'
import type { FilledForm, LeadAnswer } from './handoff-brief.ts'
import { isSameAddress, memberOf } from './routing.ts'

type AnswerTexts = Texts['answer']

const answerTexts = (language: string): AnswerTexts => textsIn(language).answer

/** The lead of a handoff, as far as known; empty texts are left out. */
export interface LeadCard {
  readonly name: string
  readonly company: string
  readonly email: string
  readonly phone: string
  /** Submitted forms, latest first. */
  readonly forms: readonly FilledForm[]
}

/** A name and a company on one line. */
const leadHeading = ({ name, company }: LeadCard, texts: AnswerTexts): string => {
  const who = [name, company].filter((part) => part !== '').join(', ')
  return who === '' ? texts.unnamed : who
}

const contact = (label: string, scheme: string, text: string): Html | false =>
  text !== '' && html`<dt>${label}</dt><dd><a href="${scheme}${text}">${text}</a></dd>`

const answer = ({ label, text, phone }: LeadAnswer): Html =>
  html`<dt>${label}</dt><dd class="words">${phone === '' ? text : html`<a href="tel:${phone}">${text}</a>`}</dd>`

/** Contact data of the lead, and its own words. */
const renderLeadCard = (lead: LeadCard, language: string): Html => {
  const texts = answerTexts(language)
  const { email, phone, forms } = lead
  return html`<dl>${contact(texts.email, 'mailto:', email)}${contact(texts.phone, 'tel:', phone)}</dl>
${forms.map(
  ({ title, when, answers }) =>
    html`<section><h2>${title}</h2><p class="note">${when}</p><dl>${answers.map(answer)}</dl></section>`,
)}`
}

/** Longest remark of a salesperson, in characters. */
export const noteLimit = 1000

interface Question {
  readonly lead: LeadCard
  readonly reasons: Readonly<Record<string, Disposition>>
  /** IANA. */
  readonly timeZone: string
  /** The reject link was opened: the reject form comes first. */
  readonly preferReject: boolean
}

/** The page behind the link of the handoff email: opening it changes nothing, only its buttons do. */
export const renderQuestionPage = (
  frame: PageFrame,
  handoff: Handoff,
  { lead, reasons, timeZone, preferReject }: Question,
): string => {
  const { language } = frame
  const texts = answerTexts(language)
  const accept = html`<form method="post">
<input type="hidden" name="answer" value="accept"><p><button type="submit"${preferReject && second}>${texts.accept}</button></p></form>`
  const options = Object.entries(reasons).map(
    ([reason, disposition]) =>
      html`<option value="${reason}">${reasonWords(reason, disposition, language)}</option>`,
  )
  const reject = html`<form method="post">${!preferReject && html`<h2>${texts.rejectTitle}</h2>`}
<div class="field"><label for="reason">${texts.reason}</label>
<select id="reason" name="reason" required><option value="">–</option>${options}</select></div>
<div class="field"><label for="note">${texts.note}</label>
<textarea id="note" name="note" maxlength="${noteLimit}" aria-describedby="note-hint"></textarea>
<p class="note" id="note-hint">${texts.noteHint}</p></div>
<input type="hidden" name="answer" value="reject"><p><button type="submit"${!preferReject && second}>${texts.reject}</button></p></form>`
  return renderPage(
    frame,
    preferReject ? texts.rejectQuestion : texts.title,
    html`<p class="lead"><strong>${leadHeading(lead, texts)}</strong></p>
<dl>${[
      row(texts.score, Math.round(handoff.score)),
      row(texts.stage, textsIn(language).stages[handoff.stage]),
      row(texts.owner, handoff.owner.name),
      row(texts.due, readableTime(language, handoff.dueAt, timeZone)),
    ]}</dl>
${renderLeadCard(lead, language)}
${preferReject ? [reject, accept] : [accept, reject]}`,
  )
}

/** The choice that does not match the link. */
const second = html` class="second"`

const row = (name: string, value: HtmlValue): HtmlValue => html`<dt>${name}</dt><dd>${value}</dd>`

/** The playbook's label of a reason, or its id. */
const reasonWords = (reason: string, { label }: Disposition, language: string): string =>
  label ? localize(label, language) : reason.replaceAll('-', ' ')

interface Aftermath {
  readonly reasons: Readonly<Record<string, Disposition>>
  /** IANA. */
  readonly timeZone: string
  /** The handoff's current team; absent if it was removed from the playbook. */
  readonly team?: Team
  /** The lead to call now, if any. */
  readonly lead?: LeadCard
}

/** Status page of a handoff that was answered, by this or another person, or closed. */
export const renderAnsweredPage = (frame: PageFrame, handoff: Handoff, aftermath: Aftermath): string => {
  const texts = answerTexts(frame.language)
  const { answer } = handoff
  const lines = remarks(texts, handoff, frame.language, aftermath)
  const { lead } = aftermath
  const card =
    lead &&
    html`<p class="lead"><strong>${leadHeading(lead, texts)}</strong></p>${renderLeadCard(lead, frame.language)}`
  return renderPage(
    frame,
    texts.state[answer.state],
    html`${lines.map((line) => html`<p>${line}</p>`)}${card}`,
  )
}

/** The page for a previous owner. */
export const renderHandedOnPage = (frame: PageFrame, { owner }: Handoff): string => {
  const texts = answerTexts(frame.language)
  return renderPage(frame, texts.state.requested, html`<p>${texts.handedOn(owner.name)}</p>`)
}

const remarks = (
  texts: AnswerTexts,
  { answer, assignments }: Handoff,
  language: string,
  { reasons, timeZone, team }: Aftermath,
): readonly string[] => {
  const answered = (by: string, at: string): string => {
    const when = readableTime(language, at, timeZone)
    if (by === byActivity) return texts.elsewhere(when)
    const owner = assignments.find((one) => isSameAddress(one.owner.email, by))?.owner
    return texts.by((owner ?? (team && memberOf(team, by)))?.name ?? by, when)
  }
  switch (answer.state) {
    case 'accepted':
      return [answered(answer.by, answer.at), texts.accepted]
    case 'rejected': {
      const disposition = Object.hasOwn(reasons, answer.reason) ? reasons[answer.reason] : undefined
      return [
        answered(answer.by, answer.at),
        ...(disposition
          ? [
              `${texts.reason}: ${reasonWords(answer.reason, disposition, language)}.`,
              ...followed(disposition, answer.at, language, timeZone),
            ]
          : []),
      ]
    }
    case 'expired':
      if (answer.returnedAs !== undefined) return [texts.unanswered]
      return answer.reason ? [texts[answer.reason]] : []
    case 'requested':
    case 'won':
    case 'lost':
      return []
    default:
      return answer satisfies never
  }
}

/** What happens to a rejected lead. */
const followed = (
  disposition: Disposition,
  at: string,
  language: string,
  timeZone: string,
): readonly string[] => {
  const texts = answerTexts(language)
  switch (disposition.type) {
    case 'close':
      return [texts.closed]
    case 'recycle': {
      const { stage, pause } = disposition
      const until = pause && new Date(Date.parse(at) + pause).toISOString()
      return [
        texts.backTo(textsIn(language).stages[stage]),
        ...(until ? [texts.pausedUntil(readableDay(language, until, timeZone))] : []),
      ]
    }
    default:
      return disposition satisfies never
  }
}
