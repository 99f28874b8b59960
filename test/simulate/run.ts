import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { asksForHelp } from '../../bin/help.ts'
import { makeProgress } from '../../bin/progress.ts'
import { makePlan, type Plan } from './plan.ts'
import { shrink } from './shrink.ts'
import { type Outcome, prepare, simulate } from './simulate.ts'

const usage = `npm run simulate -- --seed N [--leads 500] [--days 60]
npm run simulate -- --seeds 20 | --seeds 21-300 [--leads 12] [--days 6] [--jobs N] [--results FILE]
npm run simulate -- --plan FILE

Plays random leads, sales, publications and faults on the virtual clock against the running stack, and checks the
invariants (docs/operations/proof.md). Exit 1, and the command that replays it, when one breaks.

  --jobs N          seeds that are played side by side (default 1)
  --results FILE    a line for each seed that held; seeds that stand in it are left out, so that a run can be taken up
  --shrink MINUTES  how long to look for the smallest failing run (default 10; 0: not at all)`

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))))
const mostLines = 8

const wholeNumber = (text: string | undefined, fallback: number): number => {
  const number = text === undefined ? fallback : Number(text)
  if (!Number.isSafeInteger(number) || number < 0) throw new TypeError(`${text} is no whole number`)
  return number
}

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

/** @returns whether every invariant holds. */
const playOne = async (
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

interface Many {
  readonly seeds: readonly number[]
  readonly leads: number
  readonly days: number
  readonly jobs: number
  readonly minutes: number
  readonly results: string | undefined
}

const doneIn = (file: string | undefined): ReadonlySet<string> =>
  new Set(file !== undefined && existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [])

/** Each seed in a process of its own, `jobs` at a time. @returns those that failed. */
const playMany = async ({ seeds, leads, days, jobs, minutes, results }: Many): Promise<readonly number[]> => {
  const keyOf = (seed: number): string => `seed ${seed}, ${leads} leads, ${days} days`
  const done = doneIn(results)
  const waiting = seeds.filter((seed) => !done.has(keyOf(seed))).values()
  const failed: number[] = []
  const playSeed = (seed: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const options = [`--seed=${seed}`, `--leads=${leads}`, `--days=${days}`, `--shrink=${minutes}`]
      const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...options], {
        stdio: 'inherit',
      })
      child.once('error', reject)
      child.once('exit', (code) => resolve(code ?? 1))
    })
  const work = async (): Promise<void> => {
    for (const seed of waiting) {
      if ((await playSeed(seed)) !== 0) failed.push(seed)
      else if (results !== undefined) appendFileSync(results, `${keyOf(seed)}\n`)
    }
  }
  await prepare()
  await Promise.all(Array.from({ length: jobs }, work))
  return failed
}

/** `20`: the first twenty; `21-300`. */
const seedsOf = (text: string): readonly number[] => {
  const [first = 1, last = first] = text.includes('-') ? text.split('-').map(Number) : [1, Number(text)]
  if (![first, last].every(Number.isSafeInteger) || last < first) throw new TypeError(`${text} are no seeds`)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

const run = async (): Promise<number> => {
  if (asksForHelp(process.argv)) {
    console.log(usage)
    return 0
  }
  const option = { type: 'string' } as const
  const { values } = parseArgs({
    args: process.argv.slice(2),
    options: {
      seed: option,
      seeds: option,
      leads: option,
      days: option,
      plan: option,
      jobs: option,
      results: option,
      shrink: option,
    },
  })
  const minutes = wholeNumber(values.shrink, 10)
  if (values.seeds !== undefined) {
    const seeds = seedsOf(values.seeds)
    const size = { leads: wholeNumber(values.leads, 12), days: wholeNumber(values.days, 6) }
    const jobs = Math.max(1, wholeNumber(values.jobs, 1))
    const failed = await playMany({ seeds, ...size, jobs, minutes, results: values.results })
    console.log(failed.length === 0 ? `All ${seeds.length} seeds hold.` : `Failed: ${failed.join(', ')}.`)
    return failed.length === 0 ? 0 : 1
  }
  const cloudAssemblyDir = await prepare()
  if (values.plan !== undefined) {
    const plan: Plan = JSON.parse(readFileSync(values.plan, 'utf8'))
    return (await playOne(
      { plan, cloudAssemblyDir },
      { replay: `npm run simulate -- --plan ${values.plan}`, minutes: 0 },
    ))
      ? 0
      : 1
  }
  const size = {
    seed: wholeNumber(values.seed, 1),
    leads: wholeNumber(values.leads, 500),
    days: wholeNumber(values.days, 60),
  }
  const replay = `npm run simulate -- --seed ${size.seed} --leads ${size.leads} --days ${size.days}`
  return (await playOne({ plan: makePlan(size), cloudAssemblyDir }, { replay, minutes })) ? 0 : 1
}

process.exit(
  await run().catch((error: unknown) => {
    console.error(error instanceof TypeError ? `${error.message}\n\n${usage}` : error)
    return error instanceof TypeError ? 2 : 1
  }),
)
