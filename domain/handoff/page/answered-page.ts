import { stageWords } from '../../funnel/stage-words.ts'
import { html } from '../../page/html.ts'
import { type PageFrame, renderPage } from '../../page/page-layout.ts'
import { readableDay, readableTime } from '../../time/readable-time.ts'
import type { Handoff } from '../handoff.ts'
import type { Disposition } from '../handoff-rules.ts'
import { type AnswerTexts, answerTexts } from './answer-texts.ts'
import { reasonWords } from './question-page.ts'

export interface Aftermath {
  readonly reasons: Readonly<Record<string, Disposition>>
  /** IANA. */
  readonly timeZone: string
}

/** How the handoff stands after an answer, one's own or somebody else's, or once it is no longer open. */
export const renderAnsweredPage = (frame: PageFrame, { answer }: Handoff, aftermath: Aftermath): string => {
  const texts = answerTexts(frame.language)
  const lines = remarks(texts, answer, frame.language, aftermath)
  return renderPage(frame, texts.state[answer.state], html`${lines.map((line) => html`<p>${line}</p>`)}`)
}

/** The page for somebody whose lead was given to somebody else. */
export const renderHandedOnPage = (frame: PageFrame, { owner }: Handoff): string => {
  const texts = answerTexts(frame.language)
  return renderPage(frame, texts.state.requested, html`<p>${texts.handedOn(owner.name)}</p>`)
}

const remarks = (
  texts: AnswerTexts,
  answer: Handoff['answer'],
  language: string,
  { reasons, timeZone }: Aftermath,
): readonly string[] => {
  switch (answer.state) {
    case 'accepted':
      return [texts.by(answer.by, readableTime(language, answer.at, timeZone)), texts.accepted]
    case 'rejected': {
      const disposition = Object.hasOwn(reasons, answer.reason) ? reasons[answer.reason] : undefined
      return [
        texts.by(answer.by, readableTime(language, answer.at, timeZone)),
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
