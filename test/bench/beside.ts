import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { makeClient } from '../story/client.ts'
import { startTrichter } from '../story/trichter.ts'
import { measureTrigger } from './latency.ts'
import { measureMemory } from './memory.ts'
import { quantile, type Row, shown } from './table.ts'
import { measureActivities, measureEmails } from './throughput.ts'

const usage = 'npm run bench -- beside REF [--rounds 3] [--only runner|engine]'

/** Figures of which less is better. */
const isCost = ({ unit }: Row): boolean => unit === 'ms' || unit === 'MB' || unit === 's'

/** Milliseconds that a runner is left alone before its memory at rest is read. */
const rest = 15_000

/** Checks `ref` out once for each commit, with its dependencies. @returns its folder. */
const checkOut = (ref: string): string => {
  const found = spawnSync('git', ['rev-parse', '--verify', `${ref}^{commit}`], { encoding: 'utf8' })
  if (found.status !== 0) throw new TypeError(`no such commit: ${ref}`)
  const commit = found.stdout.trim()
  const folder = join(process.cwd(), '.local/beside', commit)
  if (existsSync(folder)) return folder
  const unfinished = `${folder}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  process.stderr.write(`${ref} is checked out and installed …\n`)
  const archive = execFileSync('git', ['archive', commit], { maxBuffer: 2 ** 30 })
  execFileSync('tar', ['-x'], { cwd: unfinished, input: archive })
  execFileSync('npm', ['ci', '--silent'], { cwd: unfinished, stdio: ['ignore', 'ignore', 'inherit'] })
  renameSync(unfinished, folder)
  return folder
}

const named = (title: string, rows: readonly Row[]): readonly Row[] =>
  rows.map((row) => ({ ...row, what: `${title}: ${row.what}` }))

const measureRunner = async (folder: string): Promise<readonly Row[]> => {
  const begin = performance.now()
  const trichter = await startTrichter(['--memory'], folder)
  const start = { what: 'start', value: (performance.now() - begin) / 1_000, unit: 's' }
  const client = makeClient(trichter.url)
  const memory = () => measureMemory(trichter.process.pid)
  try {
    await sleep(rest)
    const idle = (await memory()).slice(0, 1).map((row) => ({ ...row, what: 'at rest' }))
    const trigger = await measureTrigger(client)
    const single = await measureActivities(client, { each: 1, name: 'single' })
    const batch = await measureActivities(client, { each: 50, name: 'batch' })
    const emails = await measureEmails(client)
    return [
      ...named('runner', [start]),
      ...named('trigger to mail', trigger),
      ...named('activities one by one', single),
      ...named('activities in batches of 50', batch),
      ...named('emails', emails),
      ...named('memory', [...idle, ...(await memory())]),
    ]
  } finally {
    await trichter.stop()
  }
}

/** Each checkout measures its own fold and rendering: their code is what is compared. */
const measureEngine = async (folder: string): Promise<readonly Row[]> => {
  const ran = spawnSync(process.execPath, ['test/bench/run.ts', 'fold', 'rendering'], { cwd: folder })
  if (ran.status !== 0) throw new Error(`${folder}: ${ran.stderr}`)
  const { measured } = JSON.parse(readFileSync(join(folder, '.local/bench.json'), 'utf8')) as {
    readonly measured: Readonly<Record<string, readonly Row[]>>
  }
  return Object.entries(measured).flatMap(([title, rows]) => named(title, rows))
}

const parts = { runner: measureRunner, engine: measureEngine } as const

interface Round {
  readonly there: Row
  readonly here: Row
}

const ratioOf = ({ there, here }: Round): number =>
  isCost(here) ? there.value / here.value : here.value / there.value

const line = (what: string, rounds: readonly Round[]): string => {
  const median = (values: readonly number[]): string => shown.format(quantile(values, 0.5))
  const ratios = rounds.map(ratioOf)
  const spread = [Math.min(...ratios), quantile(ratios, 0.5), Math.max(...ratios)]
  return [
    what.padEnd(60),
    median(rounds.map(({ there }) => there.value)).padStart(9),
    median(rounds.map(({ here }) => here.value)).padStart(9),
    (rounds[0]?.here.unit ?? '').padEnd(13),
    spread.map((value) => value.toFixed(2)).join(' / '),
  ].join(' ')
}

const printRounds = (ref: string, rounds: ReadonlyMap<string, readonly Round[]>): void => {
  console.log(
    `\n${''.padEnd(60)} ${ref.slice(0, 9).padStart(9)} ${'here'.padStart(9)} ${''.padEnd(13)} times as good:`,
  )
  console.log(
    `${''.padEnd(60)} ${'median'.padStart(9)} ${'median'.padStart(9)} ${''.padEnd(13)} min / median / max`,
  )
  for (const [what, some] of rounds) console.log(line(what, some))
}

interface Options {
  readonly rounds: number
  readonly only: string | undefined
}

/**
 * Gives another commit and this folder the same load in turns, so that whatever else the machine does meets both, and
 * prints how many times as good this folder is. @throws TypeError for a `ref` or a part that is not there
 */
export const measureBeside = async (ref: string | undefined, { rounds, only }: Options): Promise<void> => {
  if (ref === undefined || !(rounds > 0) || (only !== undefined && !(only in parts)))
    throw new TypeError(usage)
  const there = checkOut(ref)
  const here = process.cwd()
  const found = new Map<string, Round[]>()
  for (const [name, measure] of Object.entries(parts)) {
    if (only !== undefined && only !== name) continue
    for (let round = 0; round < rounds; round += 1) {
      process.stderr.write(`${name}, round ${round + 1} of ${rounds} …\n`)
      const measured = new Map<string, readonly Row[]>()
      for (const folder of round % 2 === 0 ? [there, here] : [here, there])
        measured.set(folder, await measure(folder))
      for (const row of measured.get(here) ?? []) {
        const other = measured.get(there)?.find(({ what }) => what === row.what)
        if (other) found.set(row.what, [...(found.get(row.what) ?? []), { there: other, here: row }])
      }
    }
  }
  printRounds(ref, found)
}
