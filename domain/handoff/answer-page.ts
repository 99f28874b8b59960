import { html } from '../page/html.ts'
import { type PageFrame, renderPage } from '../page/page-layout.ts'
import type { Handoff } from './handoff.ts'

interface Texts {
  readonly title: string
  readonly facts: (handoff: Handoff, due: string) => string
  readonly accept: string
  readonly rejectLabel: string
  readonly reject: string
  readonly state: Readonly<Record<Handoff['answer']['state'], string>>
  readonly by: (who: string) => string
  readonly withdrawn: string
}

const german: Texts = {
  title: 'Lead annehmen?',
  facts: ({ score, team, owner }, due) =>
    `Punktestand ${Math.round(score)}, Team ${team}, zuständig ${owner.name}. Antwort erbeten bis ${due}.`,
  accept: 'Annehmen',
  rejectLabel: 'Oder ablehnen, weil',
  reject: 'Ablehnen',
  state: {
    requested: 'Noch offen',
    accepted: 'Angenommen',
    rejected: 'Abgelehnt',
    expired: 'Abgelaufen',
    won: 'Gewonnen',
    lost: 'Verloren',
  },
  by: (who) => `Beantwortet von ${who}.`,
  withdrawn: 'Nicht mehr offen: Was für die Übergabe sprach, wurde inzwischen zurückgenommen.',
}

const english: Texts = {
  title: 'Accept this lead?',
  facts: ({ score, team, owner }, due) =>
    `Score ${Math.round(score)}, team ${team}, owner ${owner.name}. Please answer by ${due}.`,
  accept: 'Accept',
  rejectLabel: 'Or reject it because',
  reject: 'Reject',
  state: {
    requested: 'Still open',
    accepted: 'Accepted',
    rejected: 'Rejected',
    expired: 'Expired',
    won: 'Won',
    lost: 'Lost',
  },
  by: (who) => `Answered by ${who}.`,
  withdrawn: 'No longer open: what spoke for the handoff has been taken back since.',
}

const textsOf = (language: string): Texts => (language.startsWith('de') ? german : english)

const when = (language: string, at: string, timeZone: string): string =>
  new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short', timeZone }).format(
    new Date(at),
  )

/** What a salesperson sees behind the link of the handoff email: opening it changes nothing, one of its buttons does. */
export const renderAnswerPage = (
  frame: PageFrame,
  handoff: Handoff,
  options: { readonly reasons: readonly string[]; readonly timeZone: string; readonly preferReject: boolean },
): string => {
  const texts = textsOf(frame.language)
  const reasons = options.reasons.map(
    (reason) => html`<option value="${reason}">${reason.replaceAll('-', ' ')}</option>`,
  )
  const accept = html`<form method="post">
<input type="hidden" name="answer" value="accept"><button type="submit">${texts.accept}</button></form>`
  const reject = html`<form method="post"><div class="field"><label for="reason">${texts.rejectLabel}</label>
<select id="reason" name="reason" required>${reasons}</select></div>
<input type="hidden" name="answer" value="reject"><button type="submit" class="second">${texts.reject}</button></form>`
  return renderPage(
    frame,
    texts.title,
    html`<p>${texts.facts(handoff, when(frame.language, handoff.dueAt, options.timeZone))}</p>
${options.preferReject ? [reject, accept] : [accept, reject]}`,
  )
}

/** How the handoff stands after an answer, one's own or somebody else's, or once it is no longer open. */
export const renderAnsweredPage = (frame: PageFrame, { answer }: Handoff): string => {
  const texts = textsOf(frame.language)
  return renderPage(frame, texts.state[answer.state], html`<p>${remark(texts, answer)}</p>`)
}

const remark = (texts: Texts, answer: Handoff['answer']): string | undefined => {
  switch (answer.state) {
    case 'accepted':
    case 'rejected':
      return texts.by(answer.by)
    case 'expired':
      return answer.reason && texts[answer.reason]
    case 'requested':
    case 'won':
    case 'lost':
      return undefined
    default:
      return answer satisfies never
  }
}
