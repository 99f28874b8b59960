import { execFileSync } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { StackModel } from '../../../local/template/model.ts'
import type { ScenarioResult } from './crash-run.ts'
import { grantsIn, unusedGrants } from './permissions.ts'
import { tableOf } from './table.ts'

const page = join(import.meta.dirname, '../../../docs/operations/crash-points.md')
/** Permissions that calls needed: what the template gives beyond them needs a reason (`reasons.ts`). */
const needed = join(import.meta.dirname, 'needed-permissions.json')

/** Writes the table of the page, and which permissions were needed. */
export const writeResults = async (
  results: Readonly<Record<string, ScenarioResult>>,
  model: StackModel,
): Promise<void> => {
  const all = Object.values(results)
  // Lanes go on beside each other: whichever was faster.
  const runs = all.flatMap((came) => came.runs).toSorted((a, b) => a.scenario.localeCompare(b.scenario))
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  // What is said of runs stands last before the table.
  const said = `Seen in one run of \`npm run crashes\` at ${commit}: ${runs.length} crashes in ${all.length} scenarios.`
  const [head = ''] = (await readFile(page, 'utf8')).split(/^## /m)
  await writeFile(page, `${head.replace(/^(Seen|Not seen) in one run[\s\S]*/m, said)}\n\n${tableOf(runs)}`)
  const unused = unusedGrants(
    model,
    all.flatMap((came) => came.uses),
  )
  const used = grantsIn(model).filter((grant) => !unused.includes(grant))
  await writeFile(needed, `${JSON.stringify(used, null, 2)}\n`)
}
