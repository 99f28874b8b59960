import type { Sequence, Step } from '../model/sequence.ts'
import type { Coming } from '../step/step-kind.ts'
import { kindOf, usesOf } from '../step/step-kinds.ts'
import { isOpen, type Run } from './run.ts'

/** A step as a marketer would name it. */
const wordStep = (step: Step): string => kindOf(step).words(step)

type Program = Sequence['program']
const goesOn = 'continues to the end'
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
  if (!step) return { words: goesOn, emails: [] }
  const itself = (): Coming => ({ words: wordStep(step), emails: usesOf(step).emails ?? [] })
  const { coming } = kindOf(step)
  if (coming === 'words') return itself()
  return coming(step, {
    runId,
    index,
    enough: conditions === 0,
    from: (at) => comingNext(runId, program, at, conditions),
    along: (at) => comingNext(runId, program, at, conditions - 1),
    itself,
  })
}
