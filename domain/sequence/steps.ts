import type { DateWait, Sequence, SequenceTrigger, Step } from '../model/sequence.ts'
import { splitWay } from './advance.ts'
import { isOpen, type Run } from './run.ts'

/** A step as the playbook words it, durations already in milliseconds. */
export type RawStep =
  | { readonly email: string; readonly atOnce?: true }
  | { readonly wait: RawWait }
  | { readonly if: string; readonly then: readonly RawStep[]; readonly else?: readonly RawStep[] }
  | {
      readonly split: { readonly name: string; readonly ways: Readonly<Record<string, readonly RawStep[]>> }
    }
  | { readonly set: Readonly<Record<string, string | number | boolean>> }
  | { readonly notify: { readonly team: string; readonly message: string } }
  | { readonly exit: true | string }
  | { readonly enter: string }

type RawWait =
  | number
  | { readonly until: string }
  | { readonly for: string; readonly timeout: number }
  | { readonly date: string; readonly before?: number; readonly after?: number; readonly at?: string }

const dayLength = 86_400_000

/** When a wait for a date is over where its author names no time. */
const dateTime = '09:00'

/** `sequences/<sequence>.yaml` as written. */
export interface RawSequence {
  readonly id: string
  readonly enter: SequenceTrigger
  readonly audience?: string
  readonly reenter: Sequence['reenter']
  readonly exit?: string
  readonly goal?: string
  readonly withSales?: 'hold' | 'continue'
  readonly stale?: number
  readonly steps: readonly RawStep[]
}

const waitStep = (wait: RawWait): Step => {
  if (typeof wait === 'number') return { type: 'wait', for: wait }
  if ('date' in wait) {
    const { date, before = 0, after = 0, at = dateTime } = wait
    return { type: 'wait-date', attribute: date, days: (after - before) / dayLength, time: at }
  }
  if ('for' in wait) return { type: 'wait-for', activity: wait.for, timeout: wait.timeout }
  const [time = '', weekday] = wait.until.split(' ').reverse()
  return weekday === undefined ? { type: 'wait-until', time } : { type: 'wait-until', weekday, time }
}

const size = (steps: readonly RawStep[]): number => steps.reduce((sum, step) => sum + stepSize(step), 0)

const stepSize = (step: RawStep): number => {
  if ('split' in step) {
    const ways = Object.values(step.split.ways)
    return ways.reduce((sum, way) => sum + size(way) + 1, 0)
  }
  if (!('if' in step)) return 1
  const no = size(step.else ?? [])
  return 1 + size(step.then) + (no === 0 ? 0 : no + 1)
}

/** Each way is followed by a jump past the last one, which needs none. */
const parseSplit = (
  name: string,
  ways: readonly (readonly [string, readonly RawStep[]])[],
  at: number,
): Step[] => {
  const bodies: { id: string; goto: number; steps: readonly RawStep[]; last: boolean }[] = []
  let next = at + 1
  for (const [index, [id, steps]] of ways.entries()) {
    const last = index === ways.length - 1
    bodies.push({ id, goto: next, steps, last })
    next += size(steps) + (last ? 0 : 1)
  }
  return [
    { type: 'split', name, ways: bodies.map(({ id, goto }) => ({ id, goto })) },
    ...bodies.flatMap(({ steps, goto, last }): Step[] => [
      ...parseSteps(steps, goto),
      ...(last ? [] : [{ type: 'jump', goto: next } as const]),
    ]),
  ]
}

const parseStep = (step: RawStep, at: number): readonly Step[] => {
  if ('email' in step) return [{ type: 'email', ...step }]
  if ('wait' in step) return [waitStep(step.wait)]
  if ('set' in step) return [{ type: 'set', attributes: step.set }]
  if ('notify' in step) return [{ type: 'notify', ...step.notify }]
  if ('exit' in step) return [{ type: 'exit', ...(step.exit === true ? {} : { because: step.exit }) }]
  if ('enter' in step) return [{ type: 'enter', sequence: step.enter }]
  if ('split' in step) return parseSplit(step.split.name, Object.entries(step.split.ways), at)
  const yes = parseSteps(step.then, at + 1)
  const no = step.else ?? []
  const afterYes = at + 1 + yes.length
  if (no.length === 0) return [{ type: 'branch', if: step.if, otherwise: afterYes }, ...yes]
  const otherwise = parseSteps(no, afterYes + 1)
  return [
    { type: 'branch', if: step.if, otherwise: afterYes + 1 },
    ...yes,
    { type: 'jump', goto: afterYes + 1 + otherwise.length },
    ...otherwise,
  ]
}

/**
 * Lays nested steps flat, so that a run's place is one number. Jumps point forward only, so that every run ends.
 * @param at index of the first one in the whole program.
 */
export const parseSteps = (steps: readonly RawStep[], at = 0): readonly Step[] => {
  const program: Step[] = []
  for (const step of steps) program.push(...parseStep(step, at + program.length))
  return program
}

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
interface Coming {
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
