import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeClient } from '../story/client.ts'
import { startTrichter } from '../story/trichter.ts'
import { measureColdStarts } from './cold-start.ts'
import { measureFold } from './fold.ts'
import { measureLatency } from './latency.ts'
import { measureMemory } from './memory.ts'
import { countRequests } from './requests.ts'
import { printTable, type Row } from './table.ts'
import { measureActivities, measureEmails } from './throughput.ts'

/** `npm run bench`: everything is measured on a freshly started runner with its data on disk, over HTTP. */
const data = await mkdtemp(join(tmpdir(), 'trichter-bench-'))
const trichter = await startTrichter(['--data', data])
const client = makeClient(trichter.url)
const measured: Record<string, readonly Row[]> = {}

const section = async (title: string, measure: () => Promise<readonly Row[]>): Promise<void> => {
  process.stderr.write(`${title} …\n`)
  measured[title] = await measure()
  printTable(title, measured[title])
}

try {
  console.log(`Node ${process.version}, ${cpus().length} × ${cpus()[0]?.model ?? 'unknown processor'}`)
  await section('From form to SES', () => measureLatency(client))
  // Moves the clock by three days: after what compares it with that of the machine.
  await section('Requests', () => countRequests(client))
  await section('Activities, one by one', () => measureActivities(client, { each: 1, name: 'single' }))
  await section('Activities, in batches of 50', () => measureActivities(client, { each: 50, name: 'batch' }))
  await section('Emails', () => measureEmails(client))
  await section('Memory of the whole runner', () => measureMemory(trichter.process.pid))
  await section('Cold starts', () => measureColdStarts(client))
  await section('Fold', measureFold)
} finally {
  await trichter.stop()
  await rm(data, { recursive: true, force: true })
}
await mkdir('.local', { recursive: true })
await writeFile('.local/bench.json', `${JSON.stringify({ node: process.version, measured }, null, 2)}\n`)
console.log('\nwritten to .local/bench.json')
