import type { JsonObject } from '../json.ts'
import type { Playbook } from '../playbook/playbook.ts'
import type { Step } from '../sequence/sequence.ts'
import { type Line, localMinute, propertiesText, rounded, textOf } from './line.ts'

export interface Wording {
  readonly playbook: Playbook
  readonly timeZone: string
}

/** Reasons of `EmailHeld`. */
const waits = new Map([
  ['window', 'outside the sending hours'],
  ['cap', 'more than the caps allow'],
  ['paused', 'all sending is paused'],
  ['throttled', 'the mail service takes no more for now'],
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
  ['stale', 'it would have waited too long'],
  ['cancelled', 'somebody took it back'],
])

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
  ['step', 'left by an exit step'],
])

const exited = (data: JsonObject): string => {
  const [outcome, reason] = [textOf(data, 'outcome'), textOf(data, 'reason')]
  if (reason !== '') return exits.get(reason) ?? `left, ${reason}`
  return outcomes.get(outcome) ?? outcome
}

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

const oneLine = (condition: string): string => condition.replaceAll(/\s+/g, ' ').trim()

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

const stepOf = ({ sequence, step }: JsonObject, { playbook }: Wording): Step | undefined => {
  const { sequences } = playbook
  return typeof sequence === 'string' && typeof step === 'number' && Object.hasOwn(sequences, sequence)
    ? sequences[sequence]?.program[step]
    : undefined
}

/** @returns undefined for a step that has a line of its own. */
const reached = (data: JsonObject, wording: Wording): string | undefined => {
  const step = stepOf(data, wording)
  switch (data.type) {
    case 'email':
      return data.skipped === undefined
        ? undefined
        : `${textOf(data, 'email')} is left out, ${textOf(data, 'skipped')}`
    case 'notify':
      return step?.type === 'notify' ? `tells ${step.team}: ${step.message}` : 'tells a team'
    case 'enter':
      return `leads to ${textOf(data, 'enters')}`
    case 'exit':
      return undefined
    case 'wait-for':
      return `waits for ${textOf(data, 'for')}, until ${localMinute(textOf(data, 'until'), wording.timeZone)}`
    case 'wait':
    case 'wait-until':
      return `waits until ${localMinute(textOf(data, 'until'), wording.timeZone)}`
    case 'branch': {
      const condition = step?.type === 'branch' ? oneLine(step.if) : 'its condition'
      return `${condition} is ${textOf(data, 'holds')}`
    }
    case 'split':
      return `takes way ${textOf(data, 'way')} of ${textOf(data, 'name')}`
    case 'set':
      return step?.type === 'set' ? `sets ${propertiesText(step.attributes)}` : 'sets attributes'
    default:
      return propertiesText(data)
  }
}

const plain = (kind: string, text: string): Line => ({ kind, text, tone: 'plain' })

/** One line for an event that left on the bus. @returns undefined where another line tells it. */
export const wordDecision = (decision: string, data: JsonObject, wording: Wording): Line | undefined => {
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
      return {
        kind: 'recycled',
        text: `${textOf(data, 'from')} → ${textOf(data, 'to')}, because ${textOf(data, 'reason')}`,
        tone: 'handoff',
      }
    case 'HandoffAccepted':
      return { kind: 'handoff', text: 'accepted', tone: 'handoff' }
    case 'HandoffRejected':
      return { kind: 'handoff', text: `rejected, ${textOf(data, 'reason')}`, tone: 'handoff' }
    case 'SequenceEntered':
      return plain('sequence', `${sequence}: entered`)
    case 'SequenceStepReached': {
      const text = reached(data, wording)
      return text === undefined ? undefined : plain('sequence', `${sequence}: ${text}`)
    }
    case 'SequenceExited':
      return plain('sequence', `${sequence}: ${exited(data)}`)
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
      return plain('event', `${decision} ${propertiesText(rest)}`.trim())
    }
  }
}
