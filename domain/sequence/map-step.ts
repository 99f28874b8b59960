import { isWait, type Sequence } from './sequence.ts'

type Program = Sequence['program']

/** Steps before `step` that lie on some way to it, nearest first: bodies that are left before it by a jump beyond are not. */
const before = (program: Program, step: number): readonly number[] => {
  const found: number[] = []
  let index = step - 1
  while (index >= 0) {
    const jump = program[index]
    if (jump?.type === 'jump' && jump.goto > step) {
      // The end of a way that this one is an alternative to: go on before it.
      index = startOfWay(program, index) - 1
      continue
    }
    found.push(index)
    index -= 1
  }
  return found
}

/** Where the way that ends with the jump at `end` begins. */
const startOfWay = (program: Program, end: number): number => {
  for (let index = end - 1; index >= 0; index -= 1) {
    const step = program[index]
    if (step?.type === 'branch' && step.otherwise === end + 1) return index + 1
    if (step?.type === 'split' && step.ways.some(({ goto }) => goto === end + 1))
      return Math.max(...step.ways.map(({ goto }) => goto).filter((goto) => goto <= end))
  }
  return 0
}

const emailAt = (program: Program, index: number): string | undefined => {
  const step = program[index]
  return step?.type === 'email' ? step.email : undefined
}

/** Indexes of the waits that follow `anchor` before the next email. */
const waitsAfter = (program: Program, anchor: number): readonly number[] => {
  const waits: number[] = []
  for (let index = anchor + 1; index < program.length && program[index]?.type !== 'email'; index += 1)
    if (isWait(program[index])) waits.push(index)
  return waits
}

/**
 * Where a run that waits at `step` of one version stands in another: after the same email, or after the nearest one before
 * it that both have, at the wait of the same number.
 * @returns an index after which the run goes on; -1: before the first step. Undefined where the versions share nothing
 * that tells.
 */
export const mapStep = (from: Program, step: number, to: Program): number | undefined => {
  const way = before(from, step)
  const anchor = way.find((index) => {
    const email = emailAt(from, index)
    return email !== undefined && to.some((_, at) => emailAt(to, at) === email)
  })
  if (anchor === undefined && way.some((index) => emailAt(from, index) !== undefined)) return undefined
  const email = anchor === undefined ? undefined : emailAt(from, anchor)
  const start = anchor === undefined ? -1 : to.findIndex((_, at) => emailAt(to, at) === email)
  const passed = way.filter((index) => index > (anchor ?? -1) && isWait(from[index])).length
  const waits = waitsAfter(to, start)
  return waits[passed] ?? waits.at(-1) ?? start
}
