import { type ChildProcess, fork } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { PlanOptions } from './plan.ts'
import { replayOf } from './play-one.ts'
import { prepare } from './simulate.ts'

/** What a process of `job.ts` is told. Its answer is whether every invariant holds. */
export interface Job extends PlanOptions {
  readonly cloudAssemblyDir: string
  /** How long to look for the smallest failing run. */
  readonly minutes: number
}

interface Many extends Pick<Job, 'leads' | 'days' | 'minutes'> {
  readonly seeds: readonly number[]
  readonly jobs: number
  /** A file with a line for each seed that held. */
  readonly results: string | undefined
}

const doneIn = (file: string | undefined): ReadonlySet<string> =>
  new Set(file !== undefined && existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [])

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean => exitCode !== null || signalCode !== null

/** Beside what shortening may take: a seed takes a quarter of a minute; what goes round in a circle would take for ever. */
const mostMinutes = 5

/** Whether a seed holds. False as well where the process ends in the middle of it, or never comes to rest. */
const playIn = (child: ChildProcess, job: Job): Promise<boolean> =>
  new Promise((resolve) => {
    const minutes = mostMinutes + job.minutes
    const stuck = setTimeout(() => {
      console.log(`seed ${job.seed}: FAILS; it has not come to rest after ${minutes} minutes`)
      console.log(`\nReplay it:\n  ${replayOf(job)}`)
      child.kill('SIGKILL')
    }, minutes * 60_000)
    const answer = (holds: unknown): void => {
      clearTimeout(stuck)
      child.off('message', answer)
      child.off('exit', answer)
      resolve(holds === true)
    }
    child.on('message', answer)
    child.on('exit', answer)
    child.send(job)
  })

/** Environments live for seconds here: what V8 does to make code fast for longer costs more than it brings. */
const execArgv = ['--single-threaded', '--max-semi-space-size=8', '--no-opt']

const startJob = (): ChildProcess => fork(fileURLToPath(new URL('job.ts', import.meta.url)), { execArgv })

/**
 * `jobs` processes at a time, each of which plays one seed after another against a stack that is new each time: modules
 * load once, and the code of the runner is warm from the second seed on. @returns the seeds that failed.
 */
export const playMany = async (many: Many): Promise<readonly number[]> => {
  const { seeds, leads, days, jobs, minutes, results } = many
  const keyOf = (seed: number): string => `seed ${seed}, ${leads} leads, ${days} days`
  const done = doneIn(results)
  const waiting = seeds.filter((seed) => !done.has(keyOf(seed))).values()
  const failed: number[] = []
  const cloudAssemblyDir = await prepare()
  const work = async (): Promise<void> => {
    let child = startJob()
    for (const seed of waiting) {
      if (hasEnded(child)) child = startJob()
      if (!(await playIn(child, { seed, leads, days, minutes, cloudAssemblyDir }))) failed.push(seed)
      else if (results !== undefined) appendFileSync(results, `${keyOf(seed)}\n`)
    }
    if (child.connected) child.disconnect()
  }
  await Promise.all(Array.from({ length: jobs }, work))
  return failed
}
