import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { parseArgs } from 'node:util'
import { shortName, wordsOf } from './calls.ts'
import type { ScenarioResult } from './crash-run.ts'
import { unusedGrants } from './permissions.ts'
import { lanes, type Running, withStack } from './start-world.ts'
import { writeResults } from './write-results.ts'

/**
 * `npm run crashes`: ends functions before and after each kind of call that they make, and writes the table of what came of it;
 * names the permissions that no call needed. Exit 1 where something differs. `ONLY=word` takes scenarios with that word, `ONLY='word|other'` with either.
 * `--results FILE` keeps what came of each scenario, and goes on from there.
 */
const only = (process.env.ONLY ?? '').split('|')
const { results: file } = parseArgs({ options: { results: { type: 'string' } } }).values

const kept: Record<string, ScenarioResult> =
  file !== undefined && existsSync(file) ? JSON.parse(await readFile(file, 'utf8')) : {}
const tried = new Set(
  Object.values(kept).flatMap(({ runs }) =>
    runs.filter(({ outcome }) => outcome !== 'not reached').map(({ point }) => wordsOf(point)),
  ),
)

const isWanted = (what: string): boolean => !kept[what] && only.some((word) => what.includes(word))

/** Scenarios that came to no end. */
const failed: string[] = []

/** Runs scenarios one after the other. @returns how many dead letters there are. */
const runAll = async ({ scenarios, runScenario, deadLetters, stop }: Running): Promise<number> => {
  try {
    for (const scenario of scenarios.filter(({ what }) => isWanted(what))) {
      const { what } = scenario
      const begun = performance.now()
      const came = await runScenario(scenario, tried).catch((error: unknown) => console.error(what, error))
      if (!came) {
        failed.push(what)
        continue
      }
      kept[what] = came
      const seconds = Math.round((performance.now() - begun) / 1000)
      console.log(`${what}: ${came.runs.length} crashes in ${seconds} s`)
      if (file !== undefined) await writeFile(file, JSON.stringify(kept))
    }
    return (await deadLetters()).length
  } finally {
    await stop()
  }
}

const { dead, unused } = await withStack(async ({ model, start, names }) => {
  const wanted = lanes.filter((makes) => names(makes).some(isWanted))
  const counts = await Promise.all(wanted.map(async (makes) => runAll(await start(makes))))
  const uses = Object.values(kept).flatMap((came) => came.uses)
  if (only.includes('') && failed.length === 0) await writeResults(kept)
  const unused = unusedGrants(model, uses)
  return { dead: counts.reduce((sum, count) => sum + count, 0), unused }
})

const notRepaired = Object.values(kept)
  .flatMap((came) => came.runs)
  .filter(({ outcome }) => outcome !== 'repaired')
for (const { scenario, point, when, outcome } of notRepaired) {
  const call = `${shortName(point.function)} dies ${when} ${point.operation} ${point.about.join(', ')}`
  console.log(`${scenario}: ${call}`, JSON.stringify(outcome))
}
console.log(['\nPermissions that no call needed:', ...unused].join('\n'))
if (failed.length > 0) console.log(['\nCame to no end:', ...failed].join('\n'))
const isWhole = notRepaired.every(({ outcome }) => outcome === 'not reached') && failed.length === 0
if (dead > 0 || !isWhole) process.exitCode = 1
