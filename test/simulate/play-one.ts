import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { makeProgress } from '../../bin/progress.ts'
import type { Plan, PlanOptions } from './plan.ts'
import { shrink } from './shrink.ts'
import { type Outcome, simulate } from './simulate.ts'

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const mostLines = 8

const tellBreaches = ({ breaches }: Outcome): void => {
  for (const { invariant, lines } of breaches) {
    console.log(`\nDoes not hold: ${invariant} (${lines.length})`)
    for (const line of lines.slice(0, mostLines)) console.log(`  ${line}`)
    if (lines.length > mostLines) console.log(`  and ${lines.length - mostLines} more`)
  }
}

const tellFigures = (what: string, { facts, mails, calls, forgiven, seconds, breaches }: Outcome): void => {
  const result = breaches.length === 0 ? 'holds' : 'FAILS'
  const exception = forgiven > 0 ? `, ${forgiven} emails twice after lost SES events` : ''
  console.log(
    `${what}: ${result}; ${facts} facts, ${mails} emails, ${calls} calls${exception}; ${seconds.toFixed(1)} s`,
  )
}

/** The command that plays a seed again. */
export const replayOf = ({ seed, leads, days }: PlanOptions): string =>
  `npm run simulate -- --seed ${seed} --leads ${leads} --days ${days}`

interface Replayed {
  readonly plan: Plan
  readonly cloudAssemblyDir: string
}

/** Whether one of two runs breaks an invariant that broke before: threads make each run a little different. */
const failsAgain =
  (cloudAssemblyDir: string, broken: ReadonlySet<string>) =>
  async (plan: Plan): Promise<boolean> => {
    for (let time = 0; time < 2; time += 1) {
      const { breaches } = await simulate({ cloudAssemblyDir, plan })
      if (breaches.some(({ invariant }) => broken.has(invariant))) return true
    }
    return false
  }

/** Writes the smallest run that still fails to a file. */
const shorten = async (
  { plan, cloudAssemblyDir }: Replayed,
  { breaches }: Outcome,
  minutes: number,
): Promise<void> => {
  const end = performance.now() + 60_000 * minutes
  console.log(`\nLooking for the smallest failing run, ${minutes} minutes at most.`)
  const broken = new Set(breaches.map(({ invariant }) => invariant))
  const smallest = await shrink(plan, failsAgain(cloudAssemblyDir, broken), () => performance.now() > end)
  const folder = join(project, '.local', 'simulate')
  const file = join(folder, `seed-${plan.seed}.json`)
  mkdirSync(folder, { recursive: true })
  writeFileSync(file, `${JSON.stringify(smallest, undefined, 1)}\n`)
  console.log(`${smallest.actions.length} of ${plan.actions.length} actions are left:`)
  console.log(`  npm run simulate -- --plan ${file}`)
}

/** Plays a plan and tells what came of it. @returns whether every invariant holds. */
export const playOne = async (
  { plan, cloudAssemblyDir }: Replayed,
  { replay, minutes }: { readonly replay: string; readonly minutes: number },
): Promise<boolean> => {
  const progress = makeProgress(`Seed ${plan.seed}`, plan.actions.length)
  const outcome = await simulate({ cloudAssemblyDir, plan, ...(process.stdout.isTTY && { progress }) })
  tellFigures(`seed ${plan.seed}`, outcome)
  if (outcome.breaches.length === 0) return true
  tellBreaches(outcome)
  console.log(`\nReplay it:\n  ${replay}`)
  if (minutes > 0) await shorten({ plan, cloudAssemblyDir }, outcome, minutes)
  return false
}
