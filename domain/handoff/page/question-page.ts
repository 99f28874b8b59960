import { localize } from '../../form/localize.ts'
import { stageWords } from '../../funnel/stage-words.ts'
import { type HtmlValue, html } from '../../page/html.ts'
import { type PageFrame, renderPage } from '../../page/page-layout.ts'
import { readableTime } from '../../time/readable-time.ts'
import type { Handoff } from '../handoff.ts'
import type { Disposition } from '../handoff-rules.ts'
import { answerTexts } from './answer-texts.ts'
import { type LeadCard, leadHeading, renderLeadCard } from './lead-card.ts'

/** Longest remark of a salesperson, in characters. */
export const noteLimit = 1000

export interface Question {
  readonly lead: LeadCard
  readonly reasons: Readonly<Record<string, Disposition>>
  /** IANA. */
  readonly timeZone: string
  /** The link to reject was opened: that form comes first. */
  readonly preferReject: boolean
}

/** What a salesperson sees behind the link of the handoff email: opening it changes nothing, one of its buttons does. */
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
      row(texts.stage, stageWords(handoff.stage, language)),
      row(texts.owner, handoff.owner.name),
      row(texts.due, readableTime(language, handoff.dueAt, timeZone)),
    ]}</dl>
${renderLeadCard(lead, language)}
${preferReject ? [reject, accept] : [accept, reject]}`,
  )
}

/** The choice that the link was not for. */
const second = html` class="second"`

const row = (name: string, value: HtmlValue): HtmlValue => html`<dt>${name}</dt><dd>${value}</dd>`

/** A reason as the playbook words it; its id where it does not. */
export const reasonWords = (reason: string, { label }: Disposition, language: string): string =>
  label ? localize(label, language) : reason.replaceAll('-', ' ')
