import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ScenarioResult } from './crash-run.ts'
import { tableOf } from './table.ts'

const page = join(import.meta.dirname, '../../../docs/operations/crash-points.md')

/** Writes the table of the page. */
export const writeResults = async (results: Readonly<Record<string, ScenarioResult>>): Promise<void> => {
  const all = Object.values(results)
  // Lanes go on beside each other: whichever was faster.
  const runs = all.flatMap((came) => came.runs).toSorted((a, b) => a.scenario.localeCompare(b.scenario))
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  // What is said of runs stands last before the table.
  const said = `Seen in one run of \`npm run crashes\` at ${commit}: ${runs.length} crashes in ${all.length} scenarios.`
  const [head = ''] = (await readFile(page, 'utf8')).split(/^## /m)
  await writeFile(page, `${head.replace(/^(Seen|Not seen) in one run[\s\S]*/m, said)}\n\n${tableOf(runs)}`)
}
