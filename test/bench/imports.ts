import { spawn } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { KpiReport } from '../../domain/kpi/report.ts'
import packageJson from '../../package.json' with { type: 'json' }
import type { Client } from '../story/client.ts'
import { cpuOf, memoryOf } from './process.ts'
import { makeProgress } from './progress.ts'
import { settle } from './settle.ts'
import type { Row } from './table.ts'

const chunk = 500
/** Of the first rows alone: a broadcast to a million people is another measurement. */
const mostMailed = 2_000
const fileRows = 1_000_000
/** Milliseconds between two looks at how far it is, as the command has them. */
const asked = 500

const call = async (client: Client, path: string, body?: object): Promise<Record<string, unknown>> => {
  const response = await client.raw(path, {
    method: body ? 'POST' : 'GET',
    headers: { authorization: 'Bearer local-marketing', 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  return (await response.json()) as Record<string, unknown>
}

const secondsOf = async (work: () => Promise<unknown>): Promise<number> => {
  const begin = performance.now()
  await work()
  return (performance.now() - begin) / 1_000
}

const untilState = async (client: Client, path: string, state: string): Promise<void> => {
  while ((await call(client, path)).state !== state) await sleep(100)
}

/** Milliseconds between two looks at the figures, each of which reads all rows that have changed. */
const figuresAsked = 5_000

/** Waits until the figures know of so many leads, as somebody sees them: they come once a minute. */
const untilCounted = async (client: Client, leads: number): Promise<void> => {
  const day = (days: number): string => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10)
  const headers = { authorization: 'Bearer local-marketing' }
  for (;;) {
    const answer = await client.raw(`/api/kpi?from=${day(-2)}&to=${day(2)}`, { headers })
    if (answer.ok) {
      const { sales } = (await answer.json()) as Pick<KpiReport, 'sales'>
      const first = sales.phases.find(({ id }) => id === 'lead_generation')
      if (Number(first?.metrics.leads) >= leads) return
    } else if (answer.status !== 503) throw new Error(`/api/kpi: ${answer.status} ${await answer.text()}`)
    await sleep(figuresAsked)
  }
}

const rowOf = (index: number) => ({
  line: index + 2,
  values: {
    Mail: `row-${index}@bench.example.net`,
    Firma: `${index < mostMailed ? 'Bench' : 'Other'} ${index % 500}`,
    Land: 'DE',
  },
})

/** Sends rows of new people, and waits until the last one is recorded. */
const importRows = async (client: Client, rows: number, pid: number | undefined): Promise<readonly Row[]> => {
  const consent = { purpose: 'newsletter', evidence: 'made for a measurement', at: new Date().toISOString() }
  const mapping = { Mail: 'email', Firma: 'company', Land: 'country' }
  const { importId } = await call(client, '/api/imports', { name: 'bench.csv', mapping, consent })
  const path = `/api/imports/${importId}`
  const progress = makeProgress('rows', rows)
  const memory = [(await memoryOf(pid)).whole]
  const worked = await cpuOf(pid)
  let accepted = 0
  const taken = await secondsOf(async () => {
    accepted = await secondsOf(async () => {
      for (let at = 0; at < rows; at += chunk) {
        const some = Array.from({ length: Math.min(chunk, rows - at) }, (_, index) => rowOf(at + index))
        await call(client, `${path}/rows`, { rows: some, last: at + chunk >= rows })
        progress(some.length)
      }
    })
    for (let done = 0; done < rows; await sleep(asked)) {
      const before = done
      done = Number((await call(client, `${path}?after=999999999`)).rows)
      // Ten times in the course of it.
      if (Math.floor((10 * done) / rows) > Math.floor((10 * before) / rows))
        memory.push((await memoryOf(pid)).whole)
    }
    await untilState(client, path, 'done')
  })
  const spent = (await cpuOf(pid)) - worked
  // Figures take longer than the rows: whoever ends the measurement over that knows of the rest.
  process.stderr.write(
    `  taken in after ${accepted.toFixed()} s, recorded after ${taken.toFixed()} s, ${memory.map((megabytes) => megabytes.toFixed()).join(', ')} MB\n`,
  )
  const counted = await secondsOf(() => untilCounted(client, rows))
  return [
    { what: 'rows taken in by the API', value: rows / accepted, unit: 'rows/s', aim: 'at least 1,000' },
    { what: 'rows recorded as leads', value: rows / taken, unit: 'rows/s', aim: 'at least 1,000' },
    { what: 'processor time of the runner for a row', value: spent / rows, unit: 'ms' },
    { what: 'from the last one to figures that count all', value: counted, unit: 's' },
    { what: 'memory of the runner before', value: memory[0] ?? Number.NaN, unit: 'MB' },
    { what: 'and half-way', value: memory[Math.ceil(memory.length / 2)] ?? Number.NaN, unit: 'MB' },
    { what: 'and at the end', value: memory.at(-1) ?? Number.NaN, unit: 'MB' },
  ]
}

/** Rows of new people, and a broadcast to the first of them: until the last one is recorded, and delivered. */
export const measureImport = async (
  client: Client,
  rows: number,
  pid: number | undefined,
): Promise<readonly Row[]> => {
  const imported = await importRows(client, rows, pid)
  await settle(client)
  const plan = { name: 'bench', where: 'lead.company.startsWith("Bench")', email: 'welcome' }
  const { broadcastId } = await call(client, '/api/broadcasts', plan)
  const mailed = await secondsOf(async () => {
    await call(client, `/api/broadcasts/${broadcastId}/schedule`, {})
    await settle(client)
  })
  const { audience } = await call(client, `/api/broadcasts/${broadcastId}`)
  const { shown = 0 } = audience as { readonly shown?: number }
  return [
    ...imported,
    { what: 'emails of a broadcast, decided and settled', value: shown / mailed, unit: 'emails/s' },
  ]
}

/** As the script of package.json has it. */
const command = packageJson.scripts.import.split(' ')

/** Says at the end how much memory a program took at most, in kilobytes. */
const peak =
  'data:text/javascript,process.on("exit",()=>console.error("peak "+process.resourceUsage().maxRSS))'

/** The command on a million rows: read twice and looked at one by one, as before each import. */
export const measureFile = async (): Promise<readonly Row[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'trichter-bench-'))
  const file = join(folder, 'million.csv')
  try {
    const out = createWriteStream(file)
    out.write('E-Mail;Vorname;Nachname;Firma;Land;Telefon\n')
    for (let row = 0; row < fileRows; row += 1)
      if (
        !out.write(
          `person${row}@firma${row % 9_999}.example.net;Jürgen;Müller;"Firma; ${row}";DE;+49 30 ${row}\n`,
        )
      )
        await new Promise<void>((resolve) => out.once('drain', () => resolve()))
    await new Promise<void>((resolve) => out.end(() => resolve()))
    let told = ''
    const seconds = await secondsOf(async () => {
      const child = spawn(process.execPath, ['--import', peak, ...command.slice(1), file, '--dry-run'])
      child.stderr.on('data', (text) => {
        told += text
      })
      await new Promise((resolve) => child.on('exit', resolve))
    })
    const kilobytes = Number(/peak (\d+)/.exec(told)?.[1])
    return [
      { what: 'a million rows looked through', value: fileRows / seconds, unit: 'rows/s' },
      { what: 'memory of the command at its peak', value: kilobytes / 1_024, unit: 'MB', aim: 'at most 250' },
    ]
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
