import type { StageId } from '../../../domain/model/deal.ts'
import type { Entry } from '../../../domain/rehearsal/journal.ts'
import { scoreText } from '../../lib/format.ts'
import { t, whyNotSent, words } from '../../lib/texts.ts'

const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const stage = (value: unknown): string => words.stages[text(value) as StageId] ?? text(value)

type Decided = Extract<Entry, { readonly type: 'decision' }>

/** What was decided, as far as it says why something is sent or not. */
const decisionWords = ({ decision, data }: Decided): string | undefined => {
  const { told } = t.rehearsal
  switch (decision) {
    case 'StageAdvanced':
      return told.stage(stage(data.to))
    case 'SequenceEntered':
      return told.entered(text(data.sequence))
    case 'SequenceExited':
      return told.exited(text(data.sequence), told.outcomes[text(data.outcome)] ?? text(data.outcome))
    case 'EmailSuppressed':
      return told.notSent(text(data.email), whyNotSent(text(data.reason)))
    case 'EmailHeld':
      return told.held(text(data.email), whyNotSent(text(data.reason)))
    case 'LeadQualified':
      return told.qualified
    default:
      return undefined
  }
}

/** An entry of a rehearsal, as a marketer would say it; undefined for what says nothing. */
export const rehearsalWords = (entry: Entry): string | undefined => {
  const { told } = t.rehearsal
  switch (entry.type) {
    case 'mail':
      return entry.recipient === 'lead' ? entry.subject : told.toSales(entry.subject)
    case 'decision':
      return decisionWords(entry)
    case 'deed':
      if (entry.deed.type === 'open') return told.opens(entry.deed.email)
      return entry.deed.type === 'click' ? told.clicks(entry.deed.email) : undefined
    case 'refused':
    case 'failed':
      return told.failed(entry.reason)
    case 'score':
      return told.score(scoreText(entry.score), entry.grade)
    case 'handoff':
      return told.handoff(entry.owner.name)
    case 'activity':
      return undefined
    default:
      return entry satisfies never
  }
}
