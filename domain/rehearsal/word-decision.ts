import type { JsonObject } from '../json.ts'
import { type Line, localMinute, oneLine, propertiesText, rounded, textOf } from './line.ts'
import { wordDeal } from './word-deal.ts'
import { type Wording, wordExit, wordStep } from './word-run.ts'

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
