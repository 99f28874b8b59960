import type { Sequence, Step } from '../model/sequence.ts'
import { waysFrom } from '../step/step-kinds.ts'
import { isOpen, type Run } from './run.ts'

type Program = Sequence['program']

/** From one step to the next; the end of the sequence is the index after its last step. */
export interface FlowEdge {
  readonly from: number
  readonly to: number
  /** `yes` and `no` behind a condition, the variant behind a split. */
  readonly way?: string
}

/** People at one step. */
export interface FlowCount {
  /** Wait there, or are held before it. */
  readonly waiting: number
  /** Have passed it for sure: behind a condition, nobody knows afterwards which way they took. */
  readonly done: number
  /** Left the sequence there. */
  readonly left: number
  /** Reached the goal there. */
  readonly goal: number
}

/** A program as marketers see it: jumps are where they lead. */
export interface Flow {
  readonly steps: readonly { readonly index: number; readonly step: Step }[]
  readonly edges: readonly FlowEdge[]
}

/** The step that is come to at `index`. */
const landing = (program: Program, index: number): number => {
  const step = program[index]
  return step?.type === 'jump' ? landing(program, step.goto) : index
}

const edgesFrom = (program: Program, from: number): readonly FlowEdge[] => {
  const step = program[from]
  return (step ? waysFrom(step, from) : []).map(({ to, name }) => ({
    from,
    to: landing(program, to),
    ...(name !== undefined && { way: name }),
  }))
}

export const flowOf = (program: Program): Flow => {
  const steps = program.flatMap((step, index) => (step.type === 'jump' ? [] : [{ index, step }]))
  return { steps, edges: steps.flatMap(({ index }) => edgesFrom(program, index)) }
}

type Standing = Pick<Run, 'step' | 'status' | 'ways'>

/** The step that a run waits before, or at which it ended. */
export const stepOf = ({ step, status }: Standing, program: Program): number => {
  switch (status.type) {
    case 'held':
      return landing(program, status.next)
    case 'completed':
      return program.length
    case 'waiting':
    case 'goal':
    case 'exited':
      return landing(program, step)
    default:
      return status satisfies never
  }
}

/** Whether a run that took these ways of splits may go along an edge. */
const isOpenWay = (program: Program, { from, way }: FlowEdge, ways: Run['ways']): boolean => {
  const step = program[from]
  const taken = step?.type === 'split' ? ways?.[step.name] : undefined
  return taken === undefined || taken === way
}

/** Steps without which nobody comes to `at`. */
const passedBefore = (program: Program, flow: Flow, at: number, ways: Run['ways']): readonly number[] => {
  const isReachedWithout = (barred: number): boolean => {
    const seen = new Set<number>()
    const next = [landing(program, 0)]
    for (const index of next) {
      if (index === at) return true
      if (index === barred || seen.has(index)) continue
      seen.add(index)
      next.push(
        ...flow.edges
          .filter((edge) => edge.from === index && isOpenWay(program, edge, ways))
          .map(({ to }) => to),
      )
    }
    return false
  }
  return flow.steps.map(({ index }) => index).filter((index) => index !== at && !isReachedWithout(index))
}

const nobody: FlowCount = { waiting: 0, done: 0, left: 0, goal: 0 }

const outcomeOf = ({ status }: Standing): keyof FlowCount => {
  if (isOpen(status)) return 'waiting'
  switch (status.type) {
    case 'completed':
      return 'done'
    case 'goal':
      return 'goal'
    case 'exited':
      return 'left'
    default:
      return status satisfies never
  }
}

/** How many of `runs`, all of this program, stand at each step and have passed it, by the step's index. */
export const countFlow = (program: Program, runs: readonly Standing[]): ReadonlyMap<number, FlowCount> => {
  const flow = flowOf(program)
  const passed = new Map<string, readonly number[]>()
  const counts = new Map<number, FlowCount>()
  const add = (index: number, key: keyof FlowCount): void => {
    const before = counts.get(index) ?? nobody
    counts.set(index, { ...before, [key]: before[key] + 1 })
  }
  for (const run of runs) {
    const at = stepOf(run, program)
    const key = JSON.stringify([at, run.ways])
    const before = passed.get(key) ?? passedBefore(program, flow, at, run.ways)
    passed.set(key, before)
    for (const index of before) add(index, 'done')
    add(at, outcomeOf(run))
  }
  return counts
}
