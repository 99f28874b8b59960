import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { asksForHelp } from '../../bin/help.ts'
import { makePlan, type Plan } from './plan.ts'
import { playMany } from './play-many.ts'
import { playOne, replayOf } from './play-one.ts'
import { prepare } from './simulate.ts'

const usage = `npm run simulate -- --seed N [--leads 500] [--days 60]
npm run simulate -- --seeds 20 | --seeds 21-300 [--leads 8] [--days 4] [--jobs N] [--results FILE]
npm run simulate -- --plan FILE

Plays random leads, sales, publications and faults on the virtual clock against the running stack, and checks the
invariants (docs/operations/proof.md). Exit 1, and the command that replays it, when one breaks.

  --jobs N          processes that play seeds side by side (default 1)
  --results FILE    a line for each seed that held; seeds that stand in it are left out, so that a run can be taken up
  --shrink MINUTES  how long to look for the smallest failing run (default 10; 0: not at all)`

const wholeNumber = (text: string | undefined, fallback: number): number => {
  const number = text === undefined ? fallback : Number(text)
  if (!Number.isSafeInteger(number) || number < 0) throw new TypeError(`${text} is no whole number`)
  return number
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
    const size = { leads: wholeNumber(values.leads, 8), days: wholeNumber(values.days, 4) }
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
  const replayed = { plan: makePlan(size), cloudAssemblyDir }
  return (await playOne(replayed, { replay: replayOf(size), minutes })) ? 0 : 1
}

process.exit(
  await run().catch((error: unknown) => {
    console.error(error instanceof TypeError ? `${error.message}\n\n${usage}` : error)
    return error instanceof TypeError ? 2 : 1
  }),
)
