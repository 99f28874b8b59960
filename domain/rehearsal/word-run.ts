import type { JsonObject } from '../json.ts'
import type { Playbook } from '../playbook/playbook.ts'
import type { Step } from '../sequence/sequence.ts'
import { localMinute, oneLine, propertiesText, textOf } from './line.ts'

export interface Wording {
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
export const wordExit = (data: JsonObject): string => {
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
export const wordStep = (data: JsonObject, wording: Wording): string | undefined => {
  const step = stepOf(data, wording)
  // What became of an email that was left out is told of the email.
  if (data.skipped !== undefined) return undefined
  switch (data.type) {
    case 'email':
      return undefined
    case 'hold':
      return 'waits while sales has the lead'
    case 'shift':
      return `goes on ${localMinute(textOf(data, 'until'), wording.timeZone)}`
    case 'notify':
      return step?.type === 'notify' ? `tells ${step.team}: ${step.message}` : 'tells a team'
    case 'enter':
      return `leads to ${textOf(data, 'enters')}`
    case 'exit':
      return undefined
    case 'wait-for':
      return `waits for ${textOf(data, 'for')}, until ${localMinute(textOf(data, 'until'), wording.timeZone)}`
    case 'wait-date':
      return data.until === undefined
        ? `finds no date in ${textOf(data, 'date')}`
        : `waits until ${localMinute(textOf(data, 'until'), wording.timeZone)}, by ${textOf(data, 'date')}`
    case 'date-moved':
      return `${textOf(data, 'date')} has moved: waits until ${localMinute(textOf(data, 'until'), wording.timeZone)}`
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
