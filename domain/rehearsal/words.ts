import type { JsonObject } from '../model/json.ts'
import type { Playbook } from '../model/playbook.ts'
import type { Step } from '../model/sequence.ts'
import type { Say } from '../step/step-kind.ts'
import { isStepType, kindOf, stepKinds } from '../step/step-kinds.ts'
import {
  type Entry,
  type Event,
  type Line,
  localMinute,
  type Outcome,
  oneLine,
  propertiesText,
  rounded,
  signed,
  textOf,
} from './journal.ts'
import type { Deed } from './rehearsal.ts'

const worth = (data: JsonObject): string =>
  data.amount === undefined ? '' : `, ${textOf(data, 'amount')} ${textOf(data, 'currency')}`

const because = (data: JsonObject): string =>
  data.reason === undefined ? '' : `, because ${textOf(data, 'reason')}`

const line = (text: string): Line => ({ kind: 'deal', text, tone: 'handoff' })

/** One line for an event about a deal; undefined for any other event. */
const wordDeal = (decision: string, data: JsonObject): Line | undefined => {
  switch (decision) {
    case 'DealPhaseChanged': {
      const from = data.from === null ? '' : `${textOf(data, 'from')} → `
      return line(`${from}${textOf(data, 'to')}${because(data)}`)
    }
    case 'DealWon':
      return line(`won${worth(data)}`)
    case 'DealLost':
      return line(`lost${because(data)}`)
    case 'DealOutcomeWithdrawn':
      return line(`no longer ${textOf(data, 'outcome')}`)
    default:
      return undefined
  }
}

interface Wording {
  readonly playbook: Playbook
  readonly timeZone: string
}

const outcomes = new Map([
  ['completed', 'completed'],
  ['goal', 'goal reached'],
  ['exit', 'left, its exit condition holds'],
])

/** Reasons of `SequenceExited` other than its exit condition; what is not here is the author's own. */
const exits = new Map([
  ['merged', 'left, the lead is part of another now'],
  ['withdrawn', 'left, what it began with was taken back'],
  ['recycled', 'left, sales sent the lead back to an earlier stage'],
  ['consent-withdrawn', 'left, consent was withdrawn'],
  ['customer', 'left, the lead is a customer now'],
  ['closed', 'left, the lead was closed for good'],
  ['step', 'left by an exit step'],
  ['no-date', 'left, the lead has no date to wait for'],
])

/** How a run ended. */
const wordExit = (data: JsonObject): string => {
  const [outcome, reason] = [textOf(data, 'outcome'), textOf(data, 'reason')]
  if (reason !== '') return exits.get(reason) ?? `left, ${reason}`
  return outcomes.get(outcome) ?? outcome
}

const stepOf = ({ sequence, step }: JsonObject, { playbook }: Wording): Step | undefined => {
  const { sequences } = playbook
  return typeof sequence === 'string' && typeof step === 'number' && Object.hasOwn(sequences, sequence)
    ? sequences[sequence]?.program[step]
    : undefined
}

/** What a step came to. @returns undefined for a step that has a line of its own. */
const wordStep = (data: JsonObject, wording: Wording): string | undefined => {
  // What became of an email that was left out is told of the email.
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
      return tellStep(data, stepOf(data, wording), say)
  }
}

/** Tells of the step itself where the playbook still has it, else of its kind. */
const tellStep = (data: JsonObject, step: Step | undefined, say: Say): string | undefined => {
  if (step !== undefined && step.type === data.type) return kindOf(step).told(say, step)
  return isStepType(data.type) ? stepKinds[data.type].told(say, undefined) : propertiesText(data)
}

/** Reasons of `EmailHeld`. */
const waits = new Map([
  ['window', 'outside the sending hours'],
  ['cap', 'more than the caps allow'],
  ['paused', 'all sending is paused'],
  ['confirmations-paused', 'confirmations are paused'],
  ['confirmations-full', 'too many confirmations go out at the moment'],
  ['throttled', 'the mail service takes no more for now'],
  ['sender-not-verified', 'the mail service has not verified the sender'],
  ['recipient-not-verified', 'the mail service is in its sandbox, and the recipient not verified'],
  ['sending-disabled', 'the mail service does not let the account send'],
  ['sequence-paused', 'its sequence is paused'],
  ['shifted', 'its sequence was paused, and it falls due later'],
  ['order', 'an earlier email of the sequence goes first'],
  ['wish', 'the person asked for a pause'],
])

/** Reasons of `EmailSuppressed`; others are shown as they are. */
const reasons = new Map([
  ['no-consent', 'there is no consent'],
  ['no-address', 'there is no address'],
  ['bounced', 'the address bounced'],
  ['soft-bounced', 'the address bounced softly too often'],
  ['ses-suppressed', 'SES does not deliver to the address any more'],
  ['complained', 'the lead complained about an email'],
  ['already-answered', 'it was answered already'],
  ['exit', "the sequence's exit condition holds by now"],
  ['goal', "the sequence's goal is reached by now"],
  ['stale', 'it would have come too late'],
  ['cancelled', 'somebody took it back'],
  ['with-sales', 'sales has the lead'],
  ['skipped-paused', 'it fell due while its sequence was paused'],
])

/** Told by another line: of the email, of the handoff, of the lead's first stage. */
const silent = new Set([
  'LeadCreated',
  'ActivityRecorded',
  'SequenceTriggered',
  'EmailRequested',
  'EmailSent',
  'HandoffRequested',
  'HandoffAssigned',
])

const numberText = (data: JsonObject, name: string): string => {
  const value = data[name]
  return typeof value === 'number' ? rounded(value) : '?'
}

const stage = (data: JsonObject): string => {
  const { because, skipped } = data
  const condition =
    typeof because === 'object' && because !== null && 'condition' in because ? because.condition : undefined
  const past = Array.isArray(skipped) && skipped.length > 0 ? `, past ${skipped.join(' and ')}` : ''
  const way = typeof data.from === 'string' ? `${data.from} → ${textOf(data, 'to')}` : textOf(data, 'to')
  return typeof condition === 'string' ? `${way}${past}, because ${oneLine(condition)}` : way
}

const scored = (data: JsonObject): string => {
  const [band, before] = [textOf(data, 'band'), textOf(data, 'previousBand')]
  const way = band === before ? band : `${before} → ${band}`
  const faded = data.because === 'faded' ? 'points faded: ' : ''
  return `${faded}${way}, grade ${textOf(data, 'grade')}, score ${numberText(data, 'score')}`
}

const recycled = (data: JsonObject, { timeZone }: Wording): string => {
  const until = textOf(data, 'pausedUntil')
  const paused = until === '' ? '' : `, not to sales before ${localMinute(until, timeZone)}`
  const lost = data.because === 'lost' ? 'the deal was lost: ' : ''
  return `${textOf(data, 'from')} → ${textOf(data, 'to')}, because ${lost}${textOf(data, 'reason')}${paused}`
}

const plain = (kind: string, text: string): Line => ({ kind, text, tone: 'plain' })

/** One line for an event that left on the bus. @returns undefined where another line tells it. */
const wordDecision = (decision: string, data: JsonObject, wording: Wording): Line | undefined => {
  if (silent.has(decision)) return undefined
  const sequence = textOf(data, 'sequence')
  switch (decision) {
    case 'LeadScored':
      return plain('band', scored(data))
    case 'StageAdvanced':
      return { kind: 'stage', text: stage(data), tone: 'advance' }
    case 'StageWithdrawn':
      return {
        kind: 'stage',
        text: `${textOf(data, 'stage')} taken back, now ${textOf(data, 'to')}`,
        tone: 'advance',
      }
    case 'ConsentGranted':
      return plain('consent', `granted for ${textOf(data, 'purpose')}`)
    case 'ConsentWithdrawn':
      return plain('consent', `withdrawn for ${textOf(data, 'purpose')}`)
    case 'LeadQualified':
      return {
        kind: 'qualified',
        text: `in ${textOf(data, 'stage')} with score ${numberText(data, 'score')}`,
        tone: 'handoff',
      }
    case 'QualificationWithdrawn':
      return { kind: 'qualified', text: 'taken back', tone: 'handoff' }
    case 'LeadRecycled':
      return { kind: 'recycled', text: recycled(data, wording), tone: 'handoff' }
    case 'LeadClosed':
      return { kind: 'closed', text: `for good, because ${textOf(data, 'reason')}`, tone: 'handoff' }
    case 'HandoffReminded':
      return { kind: 'handoff', text: 'no answer yet: the owner is reminded', tone: 'handoff' }
    case 'HandoffEscalated':
      return { kind: 'handoff', text: 'no answer when it was due: escalated', tone: 'handoff' }
    case 'HandoffAccepted':
      return { kind: 'handoff', text: 'accepted', tone: 'handoff' }
    case 'HandoffRejected':
      return {
        kind: 'handoff',
        text: `${data.expired ? 'nobody answered: given back' : 'rejected'}, ${textOf(data, 'reason')}`,
        tone: 'handoff',
      }
    case 'SequenceEntered':
      return plain('sequence', `${sequence}: entered`)
    case 'SequenceStepReached': {
      const text = wordStep(data, wording)
      return text === undefined ? undefined : plain('sequence', `${sequence}: ${text}`)
    }
    case 'SequenceExited':
      return plain('sequence', `${sequence}: ${wordExit(data)}`)
    case 'EmailHeld': {
      const until = localMinute(textOf(data, 'until'), wording.timeZone)
      const reason = textOf(data, 'reason')
      return plain('held', `${textOf(data, 'email')} until ${until}: ${waits.get(reason) ?? reason}`)
    }
    case 'EmailSuppressed': {
      const reason = textOf(data, 'reason')
      const text = `${textOf(data, 'email')} to ${textOf(data, 'recipient')}: ${reasons.get(reason) ?? reason}`
      return { kind: 'not sent', text, tone: 'amiss' }
    }
    default: {
      const { leadId: _, ...rest } = data
      return wordDeal(decision, data) ?? plain('event', `${decision} ${propertiesText(rest)}`.trim())
    }
  }
}

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

const count = (entries: readonly Entry[], test: (entry: Entry) => boolean): number =>
  entries.filter(test).length

const listed = (items: readonly string[]): string => (items.length === 0 ? 'none' : items.join(', '))

/** How things stand at the end: what each line is about, and what it says. */
export const wordOutcome = (
  { stage, consent, standing, points, sequences, handoffs }: Outcome,
  entries: readonly Entry[],
  timeZone: string,
): readonly (readonly [label: string, text: string])[] => {
  const { score, fit, engagement, grade } = standing
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
