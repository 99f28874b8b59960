import { isDataOf, isEventType, lineOf } from '../model/event-table.ts'
import { fieldsOf, type Line, oneLine, propertiesText, rounded } from '../model/event-words.ts'
import type { JsonObject } from '../model/json.ts'
import type { Playbook } from '../model/playbook.ts'
import type { Step } from '../model/sequence.ts'
import type { Say } from '../step/step-kind.ts'
import { isStepType, kindOf, stepKinds } from '../step/step-kinds.ts'
import { type Entry, type Event, localMinute, type Outcome, signed, textOf } from './journal.ts'
import type { Deed } from './rehearsal.ts'

interface Wording {
  readonly playbook: Playbook
  readonly timeZone: string
}

const stepOf = ({ sequence, step }: JsonObject, { playbook }: Wording): Step | undefined => {
  const { sequences } = playbook
  return typeof sequence === 'string' && typeof step === 'number' && Object.hasOwn(sequences, sequence)
    ? sequences[sequence]?.program[step]
    : undefined
}

/** The result of a step. @returns undefined for a step with a line of its own. */
const wordStep = (data: JsonObject, wording: Wording): string | undefined => {
  // A skipped email has a line of its own.
  if (data.skipped !== undefined) return undefined
  const say: Say = {
    text: (name) => textOf(data, name),
    minute: (name) => localMinute(textOf(data, name), wording.timeZone),
    line: oneLine,
    list: propertiesText,
  }
  switch (data.type) {
    case 'hold':
      return 'waits while sales has the lead'
    case 'shift':
      return `goes on ${say.minute('until')}`
    case 'date-moved':
      return `${say.text('date')} has moved: waits until ${say.minute('until')}`
    default:
      return stepLine(data, stepOf(data, wording), say)
  }
}

/** Describes the step if the playbook still has it, else its kind. */
const stepLine = (data: JsonObject, step: Step | undefined, say: Say): string | undefined => {
  if (step !== undefined && step.type === data.type) return kindOf(step).narrate(say, step)
  return isStepType(data.type) ? stepKinds[data.type].narrate(say, undefined) : propertiesText(data)
}

/** A line for a published event. @returns undefined if another line shows it. */
const wordDecision = (type: string, data: JsonObject, wording: Wording): Line | undefined => {
  const clock = (instant: string) => localMinute(instant, wording.timeZone)
  const context = { clock, step: (reached: JsonObject) => wordStep(reached, wording) }
  return isEventType(type) && isDataOf(type, data) ? lineOf(type, data, context) : fieldsOf(type)(data)
}

/** Of events about emails only the email is shown: the rest are ids. */
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
    case 'enter':
      return `begins the sequence ${deed.sequence}`
    case 'accept':
      return 'accepts'
    case 'reject':
      return `rejects, ${deed.reason}`
    default:
      return deed satisfies never
  }
}

/** Source of an action; `log`: it happened before, in the running system. */
const deedKind = (deed: Deed): string => {
  if (deed.type === 'accept' || deed.type === 'reject') return 'sales'
  return deed.type === 'activity' && deed.known ? 'log' : 'lead'
}

/** A line for an event. @returns undefined if other lines show it. */
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

const count = (entries: readonly Entry[], test: (entry: Entry) => boolean): number =>
  entries.filter(test).length

const listed = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.join(', '))

/** Lines of the final state, with labels. */
export const wordOutcome = (
  { stage, consent, scores, points, sequences, handoffs }: Outcome,
  entries: readonly Entry[],
  timeZone: string,
): readonly (readonly [label: string, text: string])[] => {
  const { score, fit, engagement, grade } = scores
  const mails = (recipient: string): number =>
    count(entries, (entry) => entry.type === 'mail' && entry.recipient === recipient)
  const unsent = count(entries, (entry) => entry.type === 'decision' && entry.decision === 'EmailSuppressed')
  const waits = sequences.filter(({ nextAt }) => nextAt !== null)
  const open = handoffs.filter(({ state }) => state === 'requested')
  return [
    ['score', `${rounded(score)} = fit ${rounded(fit)} + engagement ${rounded(engagement)}, grade ${grade}`],
    ['points', listed(points.map((part) => `${part.rule} ${rounded(part.points)}`))],
    ['stage', stage],
    ['consent', consent],
    ['emails', `${mails('lead')} to the lead, ${mails('owner')} to sales, ${unsent} not sent`],
    ['sequences', listed(sequences.map(({ sequence, status }) => `${sequence} (${status})`))],
    ['handoffs', listed(handoffs.map(({ team, owner, state }) => `${owner.name} of ${team} (${state})`))],
    [
      'waiting',
      listed([
        ...waits.map(({ sequence, nextAt }) => `${sequence} until ${localMinute(nextAt ?? '', timeZone)}`),
        ...open.map(({ owner, dueAt }) => `answer of ${owner.name}, due ${localMinute(dueAt, timeZone)}`),
      ]),
    ],
  ]
}
