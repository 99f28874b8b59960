import { isOpen, type Run } from './run.ts'
import type { DateWait, Sequence, Step } from './sequence.ts'
import { splitWay } from './split-way.ts'

const units = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
] as const

/** A duration (ms) in the largest unit that it is whole in: `14 days`, `90 minutes`. */
const wordDuration = (milliseconds: number): string => {
  const [size, unit] = units.find(([length]) => milliseconds % length === 0) ?? [1, 'millisecond']
  const count = milliseconds / size
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}

const wordDate = ({ attribute, days, time }: DateWait): string => {
  if (days === 0) return `${attribute}, ${time}`
  return `${wordDuration(Math.abs(days) * 86_400_000)} ${days < 0 ? 'before' : 'after'} ${attribute}, ${time}`
}

/** A step as a marketer would name it. */
export const wordStep = (step: Step): string => {
  switch (step.type) {
    case 'email':
      return `sends the email "${step.email}"${step.atOnce ? ' at once' : ''}`
    case 'wait':
      return `waits ${wordDuration(step.for)}`
    case 'wait-until':
      return `waits until ${step.weekday === undefined ? '' : `${step.weekday} `}${step.time}`
    case 'wait-for':
      return `waits for ${step.activity}, at most ${wordDuration(step.timeout)}`
    case 'wait-date':
      return `waits until ${wordDate(step)}`
    case 'branch':
      return `decides by ${step.if}`
    case 'split':
      return `splits: ${step.name}`
    case 'set':
      return `sets ${Object.keys(step.attributes).join(', ')}`
    case 'notify':
      return `tells the team "${step.team}": ${step.message}`
    case 'exit':
      return step.because === undefined ? 'ends' : `ends: ${step.because}`
    case 'enter':
      return `leads to the sequence "${step.sequence}"`
    case 'jump':
      return 'goes on'
    default:
      return step satisfies never
  }
}

type Program = Sequence['program']
const goesOn = 'goes on to the end'
const ends = {
  completed: 'has come to the end',
  goal: 'has reached the goal',
  exited: 'has left',
} as const

/** Where a run stands, in words. @param program of the version that it is in. */
export const wordPlace = ({ step, status }: Pick<Run, 'step' | 'status'>, program: Program): string => {
  if (!isOpen(status)) return ends[status.type]
  const at = status.type === 'held' ? program[status.next] : program[step]
  if (status.type === 'waiting') return at ? wordStep(at) : 'waits before its first step'
  const until = status.salesSince === undefined ? 'its sequence is paused' : 'sales has the lead'
  return `is held while ${until}; then it ${at ? wordStep(at) : goesOn}`
}

/** What a run comes to next: in words, and the emails that it may be. */
export interface Coming {
  readonly words: string
  readonly emails: readonly string[]
}

/** Conditions whose ways are told apart; further ones are only named. */
const mostConditions = 2

/**
 * What happens next from `index` on that somebody notices. Which way of a split is known by the run; which of a condition
 * shows when it comes there.
 */
export const comingNext = (
  runId: string,
  program: Program,
  index: number,
  conditions = mostConditions,
): Coming => {
  const step = program[index]
  const from = (next: number, left = conditions): Coming => comingNext(runId, program, next, left)
  if (!step) return { words: goesOn, emails: [] }
  switch (step.type) {
    case 'email':
      return { words: wordStep(step), emails: [step.email] }
    case 'wait':
    case 'wait-until':
    case 'set':
      return from(index + 1)
    case 'jump':
      return from(step.goto)
    case 'split': {
      const way = step.ways[splitWay(runId, step.name, step.ways.length)]
      return way ? from(way.goto) : { words: wordStep(step), emails: [] }
    }
    case 'branch': {
      if (conditions === 0) return { words: wordStep(step), emails: [] }
      const [yes, no] = [from(index + 1, conditions - 1), from(step.otherwise, conditions - 1)]
      const emails = [...new Set([...yes.emails, ...no.emails])]
      return { words: `where ${step.if}: ${yes.words}; else: ${no.words}`, emails }
    }
    case 'wait-for':
    case 'wait-date':
    case 'notify':
    case 'exit':
    case 'enter':
      return { words: wordStep(step), emails: [] }
    default:
      return step satisfies never
  }
}
