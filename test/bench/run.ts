import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Client, makeClient } from '../story/client.ts'
import { startTrichter } from '../story/trichter.ts'
import { measureBeside } from './beside.ts'
import { countCalls } from './calls.ts'
import { measureClient } from './client.ts'
import { measureColdStarts } from './cold-start.ts'
import { measureConsole } from './console.ts'
import { measureFigures } from './figures.ts'
import { measureFold } from './fold.ts'
import { measureHistory } from './history.ts'
import { measureFile, measureImport } from './imports.ts'
import { measureInteractions } from './interactions.ts'
import { measureLatency } from './latency.ts'
import { isWhole, judgeLoad, loadPlaybook, runLoad } from './load.ts'
import { drawLoad } from './load-picture.ts'
import { measureUnits } from './long-logs.ts'
import { measureMemory } from './memory.ts'
import { measureProfile } from './profile.ts'
import { measureRendering } from './rendering.ts'
import { countRequests } from './requests.ts'
import { printTable, type Row } from './table.ts'
import { measureActivities, measureEmails } from './throughput.ts'

/**
 * `npm run bench` measures everything, `npm run bench -- fold` one part, `-- import --rows 100000` of another size,
 * `-- calls` the calls alone (`--only email` of one thing), `-- load` half a million activities, `-- beside REF` another commit too.
 */
const { values, positionals: wanted } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    rows: { type: 'string', default: '5000' },
    leads: { type: 'string' },
    activities: { type: 'string', default: '500000' },
    emails: { type: 'string', default: '100000' },
    samples: { type: 'string', default: '20' },
    picture: { type: 'string', default: '.local/load.svg' },
    write: { type: 'string' },
  },
  allowPositionals: true,
})

const measured: Record<string, readonly Row[]> = {}

const section = async (title: string, measure: () => Promise<readonly Row[]>): Promise<void> => {
  process.stderr.write(`${title} …\n`)
  measured[title] = await measure()
  printTable(title, measured[title])
}

/** Over HTTP, on a freshly started runner with its data on disk. */
const onRunner =
  (measure: (client: Client, pid: number | undefined) => Promise<void>, playbook?: string) => async () => {
    const data = await mkdtemp(join(tmpdir(), 'trichter-bench-'))
    const trichter = await startTrichter(['--data', data, ...(playbook ? ['--playbook', playbook] : [])])
    try {
      await measure(makeClient(trichter.url), trichter.process.pid)
    } finally {
      await trichter.stop()
      await rm(data, { recursive: true, force: true })
    }
  }

const coldStarts = (client: Client) => section('Cold starts', () => measureColdStarts(client))

const measureRunner = onRunner(async (client, pid) => {
  await section('From form to SES', () => measureLatency(client))
  // Moves the clock by three days: after what compares it with that of the machine.
  await section('Requests', () => countRequests(client))
  await section('Activities, one by one', () => measureActivities(client, { each: 1, name: 'single' }))
  await section('Activities, in batches of 50', () => measureActivities(client, { each: 50, name: 'batch' }))
  await section('Emails', () => measureEmails(client))
  await section('Memory of the whole runner', () => measureMemory(pid))
  await coldStarts(client)
})

const parts: Readonly<Record<string, () => Promise<void>>> = {
  runner: measureRunner,
  'cold-starts': onRunner(coldStarts),
  figures: () => section('Figures over rows', measureFigures),
  fold: () => section('Fold', measureFold),
  client: () => section('Processor time of a call', measureClient),
  rendering: () => section('Rendering', measureRendering),
  import: async () => {
    await section('A file of contacts', measureFile)
    await onRunner((client, pid) =>
      section('An import and a broadcast', () => measureImport(client, Number(values.rows), pid)),
    )()
  },
  console: onRunner(async (client) => {
    await section('Answers to the console', () => measureConsole(client, Number(values.leads ?? 100_000)))
    await section('The console in a browser', () => measureInteractions(client.url))
  }),
  profile: async () => {
    await section('Processor time of activities, in batches of 50', () =>
      measureProfile((client) => measureActivities(client, { each: 50, name: 'batch' })),
    )
    await section('Processor time of emails', () => measureProfile(measureEmails))
  },
  history: () => section('Answers about a lead with a long log', measureHistory),
  'long-logs': () => section('One more activity on a long log', measureUnits),
}

/** Measured where it is asked for alone: it counts, and moves the clock by months. */
const countedAlone = onRunner(async (client) => {
  const { only, write } = values
  const counted = await countCalls(client, only)
  if (!write) return
  const others = only === undefined ? {} : JSON.parse(await readFile(write, 'utf8'))
  const day = new Date().toISOString().slice(0, 10)
  await writeFile(write, `${JSON.stringify({ ...others, counted: day, ...counted }, null, 2)}\n`)
  console.log(`\nwritten to ${values.write}`)
})

/** Half an hour of it: asked for alone. @returns whether nothing was lost. */
const measureLoad = async (
  size: {
    readonly leads: number
    readonly activities: number
    readonly emails: number
    readonly samples: number
  },
  picture: string,
): Promise<boolean> => {
  const playbook = await loadPlaybook()
  let isOk = false
  try {
    await onRunner(async (client, pid) => {
      const result = await runLoad(client, pid ?? 0, size)
      printTable('Load', judgeLoad(result))
      await mkdir('.local', { recursive: true })
      await writeFile(
        '.local/load.json',
        `${JSON.stringify({ node: process.version, ...result }, null, 2)}\n`,
      )
      await writeFile(picture, drawLoad(result))
      console.log(`\nwritten to .local/load.json, drawn in ${picture}`)
      isOk = isWhole(result)
    }, playbook)()
  } finally {
    await rm(playbook, { recursive: true })
  }
  return isOk
}

console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`)
if (wanted[0] === 'beside') {
  const { rounds, only } = values
  await measureBeside(wanted[1], { rounds: Number(rounds), only }).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(error instanceof TypeError ? 2 : 1)
  })
  process.exit()
}
if (wanted[0] === 'calls') {
  await countedAlone()
  process.exit()
}
if (wanted[0] === 'load') {
  const [leads, activities, emails, samples] = [
    Number(values.leads ?? 50_000),
    Number(values.activities),
    Number(values.emails),
    Number(values.samples),
  ]
  process.exit((await measureLoad({ leads, activities, emails, samples }, values.picture)) ? 0 : 1)
}
const unknown = wanted.filter((name) => !(name in parts))
if (unknown.length > 0) {
  console.error(
    `no such part: ${unknown.join(', ')}. There are: ${Object.keys(parts).join(', ')}, calls, load, beside REF`,
  )
  process.exit(2)
}
for (const [name, measure] of Object.entries(parts))
  if (wanted.length === 0 || wanted.includes(name)) await measure()
await mkdir('.local', { recursive: true })
await writeFile('.local/bench.json', `${JSON.stringify({ node: process.version, measured }, null, 2)}\n`)
console.log('\nwritten to .local/bench.json')
