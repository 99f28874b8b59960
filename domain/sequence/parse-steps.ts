import type { Sequence, SequenceTrigger, Step } from './sequence.ts'

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
