import { stageWords } from '../../funnel/stage-words.ts'
import { html } from '../../page/html.ts'
import { type PageFrame, renderPage } from '../../page/page-layout.ts'
import { readableDay, readableTime } from '../../time/readable-time.ts'
import { byActivity } from '../follow-lead.ts'
import type { Handoff } from '../handoff.ts'
import type { Disposition, Team } from '../handoff-rules.ts'
import { isSameAddress, memberOf } from '../team-members.ts'
import { type AnswerTexts, answerTexts } from './answer-texts.ts'
import { type LeadCard, leadHeading, renderLeadCard } from './lead-card.ts'
import { reasonWords } from './question-page.ts'

export interface Aftermath {
  readonly reasons: Readonly<Record<string, Disposition>>
  /** IANA. */
  readonly timeZone: string
  /** The handoff's, as it is now; absent where the playbook has it no more. */
  readonly team?: Team
  /** Whom to call now; absent where nobody is to. */
  readonly lead?: LeadCard
}

/** How the handoff stands after an answer, one's own or somebody else's, or once it is no longer open. */
export const renderAnsweredPage = (frame: PageFrame, handoff: Handoff, aftermath: Aftermath): string => {
  const texts = answerTexts(frame.language)
  const { answer } = handoff
  const lines = remarks(texts, handoff, frame.language, aftermath)
  const { lead } = aftermath
  const whom =
    lead &&
    html`<p class="lead"><strong>${leadHeading(lead, texts)}</strong></p>${renderLeadCard(lead, frame.language)}`
  return renderPage(
    frame,
    texts.state[answer.state],
    html`${lines.map((line) => html`<p>${line}</p>`)}${whom}`,
  )
}

/** The page for somebody whose lead was given to somebody else. */
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
              ...followed(texts, disposition, answer.at, language, timeZone),
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

/** What becomes of a rejected lead. */
const followed = (
  texts: AnswerTexts,
  disposition: Disposition,
  at: string,
  language: string,
  timeZone: string,
): readonly string[] => {
  switch (disposition.type) {
    case 'close':
      return [texts.closed]
    case 'recycle': {
      const { stage, pause } = disposition
      const until = pause && new Date(Date.parse(at) + pause).toISOString()
      return [
        texts.backTo(stageWords(stage, language)),
        ...(until ? [texts.pausedUntil(readableDay(language, until, timeZone))] : []),
      ]
    }
    default:
      return disposition satisfies never
  }
}
