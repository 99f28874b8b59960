import { readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { synthesize } from '../../../local/synth/synthesize.ts'
import { readAssembly } from '../../../local/template/assembly.ts'
import { StackModel } from '../../../local/template/model.ts'
import { type Client, makeClient } from '../client.ts'
import { startTrichter } from '../trichter.ts'
import { companyScenarios } from './company.ts'
import { type CrashRun, crashRunner, type RecordedCall, type Scenario, shortName } from './crash-run.ts'
import { askerOf, erasureScenario, peopleScenarios } from './people.ts'
import { unusedGrants } from './permissions.ts'
import { crashPlaybook } from './playbook.ts'
import { tableOf } from './table.ts'
import { type Receiver, receiverOf, type World, worldOf } from './world.ts'

/**
 * `npm run crashes`: ends functions before and after each kind of call that they make, and writes the table of what came of it;
 * names the permissions that no call needed. Exit 1 where something differs. `ONLY=word` takes scenarios with that word.
 */
const page = join(import.meta.dirname, '../../../docs/operations/crash-points.md')
const only = process.env.ONLY ?? ''

type Make = (client: Client, world: World, receiver: Receiver) => readonly Scenario[]

interface Came {
  readonly runs: readonly CrashRun[]
  readonly calls: readonly RecordedCall[]
  readonly deadLetters: readonly unknown[]
}

/** Runs scenarios one after the other, on a Trichter of their own. */
const runAll = async (make: Make, tried: Set<string>): Promise<Came> => {
  const receiver = await receiverOf()
  const playbook = await crashPlaybook(receiver.origin)
  const trichter = await startTrichter(['--memory', '--playbook', playbook])
  try {
    const client = makeClient(trichter.url)
    const world = await worldOf(client)
    const { runScenario, newKey } = crashRunner(client)
    const { ask, draft } = askerOf(client)
    // What was published is read from the table.
    await draft(newKey())
    await ask('/api/playbook/publish', {})
    await client.settle()
    await client.advance('1m')
    const runs: CrashRun[] = []
    const calls: RecordedCall[] = []
    for (const scenario of make(client, world, receiver).filter(({ what }) => what.includes(only))) {
      const came = await runScenario(scenario, tried)
      console.log(`${scenario.what}: ${came.runs.length} crashes`)
      runs.push(...came.runs)
      calls.push(...came.calls)
    }
    world.close()
    return { runs, calls, deadLetters: await client.deadLetters() }
  } finally {
    await trichter.stop()
    receiver.close()
    await rm(playbook, { recursive: true })
  }
}

const tried = new Set<string>()
// An erasure rests for seconds: it goes on beside the others.
const all = await Promise.all(
  [peopleScenarios, companyScenarios, erasureScenario].map((make) => runAll(make, tried)),
)
const runs = all.flatMap((came) => came.runs)
for (const { scenario, point, when, outcome } of runs)
  if (outcome !== 'repaired')
    console.log(
      `${scenario}: ${shortName(point.function)} dies ${when} ${point.operation} ${point.about}`,
      outcome,
    )

const { folder } = await synthesize(resolve('.'), resolve('templates'))
const model = new StackModel(readAssembly(folder), { app: 'http://localhost:1', aws: 'http://localhost:2' })
const unused = unusedGrants(
  model,
  all.flatMap((came) => came.calls),
)
console.log(['\nPermissions that no call needed:', ...unused].join('\n'))

if (only === '') {
  const [head = ''] = (await readFile(page, 'utf8')).split(/^## /m)
  await writeFile(page, `${head}${tableOf(runs)}`)
}
const isWhole = runs.every(({ outcome }) => typeof outcome === 'string')
if (!isWhole || all.some(({ deadLetters }) => deadLetters.length > 0)) process.exitCode = 1
