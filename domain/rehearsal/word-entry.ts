import type { Event } from './entry.ts'
import { type Line, localMinute, propertiesText, rounded, signed, textOf } from './line.ts'
import type { Deed } from './rehearsal.ts'
import { wordDecision } from './word-decision.ts'
import type { Wording } from './word-run.ts'

/** Of what is told of an email only which one it is: the rest are ids. */
const activityText = ({ activity, properties }: Extract<Deed, { type: 'activity' }>): string =>
  activity.startsWith('email.') ? textOf(properties, 'email') : propertiesText(properties)

const longestText = 120

const shortened = (text: string): string =>
  text.length > longestText ? `${text.slice(0, longestText)}…` : text

const deedText = (deed: Deed): string => {
  switch (deed.type) {
    case 'form':
      return `fills in the form ${deed.form}`
    case 'confirm':
      return `confirms, for the form ${deed.form}`
    case 'activity':
      return `${deed.activity} ${shortened(activityText(deed))}`.trim()
    case 'open':
      return `opens the email ${deed.email}`
    case 'click':
      return `clicks in the email ${deed.email}`
    case 'accept':
      return 'accepts'
    case 'reject':
      return `rejects, ${deed.reason}`
    default:
      return deed satisfies never
  }
}

/** Whose deed it is; `log`: it happened before, in the running system. */
const deedKind = (deed: Deed): string => {
  if (deed.type === 'accept' || deed.type === 'reject') return 'sales'
  return deed.type === 'activity' && deed.known ? 'log' : 'lead'
}

/** One line for what happened. @returns undefined for what other lines tell. */
export const wordEntry = (event: Event, wording: Wording): Line | undefined => {
  switch (event.type) {
    case 'deed':
      return { kind: deedKind(event.deed), text: deedText(event.deed), tone: 'deed' }
    case 'refused':
      return {
        kind: 'refused',
        text: `${deedKind(event.deed)} ${deedText(event.deed)}: ${event.reason}`,
        tone: 'amiss',
      }
    case 'activity':
      return undefined
    case 'score': {
      const { score, fit, engagement, grade, changes } = event
      const parts = changes.map(({ rule, points }) => `${signed(points)} ${rule}`).join(', ')
      const text = `${rounded(score)} = fit ${rounded(fit)} + engagement ${rounded(engagement)}, grade ${grade} (${parts})`
      return { kind: 'score', text, tone: 'plain' }
    }
    case 'decision':
      return wordDecision(event.decision, event.data, wording)
    case 'mail': {
      const { email, recipient, language, to, subject } = event
      return {
        kind: 'email',
        text: `${email} to ${recipient === 'owner' ? to : recipient}, ${language}: "${subject}"`,
        tone: 'email',
      }
    }
    case 'handoff': {
      const { team, owner, dueAt } = event
      const text = `to ${owner.name} of team ${team}, answer due ${localMinute(dueAt, wording.timeZone)}`
      return { kind: 'handoff', text, tone: 'handoff' }
    }
    case 'failed':
      return { kind: 'failed', text: `${event.message}: ${event.reason}`, tone: 'amiss' }
    default:
      return event satisfies never
  }
}
