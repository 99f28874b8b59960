import { existsSync, rmSync, watch } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { DataInUse } from './data-folder.ts'
import { PortInUse } from './http/http-server.ts'
import { readScript, runCommand } from './log-line.ts'
import { type Runner, startRunner } from './runtime.ts'
import { markInUse, SynthFailed, synthesize } from './synth/synthesize.ts'

export interface StartOptions {
  readonly port: number
  readonly fresh: boolean
  readonly memory: boolean
  readonly demo: boolean
  /** Absolute. */
  readonly playbook: string
  /** Absolute. */
  readonly data: string
  /** Of the choice which calls faults hit. */
  readonly seed: number
}

export const USAGE = `Options (after "npm start --"):
  --port N         port of forms, API and console (default 3000, or the environment's PORT)
  --fresh          wipe the data folder first
  --memory         keep nothing on disk
  --playbook DIR   the playbook to run (default templates)
  --demo           load sample leads
  --data DIR       where data is kept (default .local)
  --seed N         another choice of the calls that faults hit (default 1)
`

export class UsageError extends Error {}

/** @throws UsageError naming what is wrong with the arguments */
export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): StartOptions {
  const values = parse(args)
  const port = Number(values.port ?? (environment.PORT || '3000'))
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`the port must be a number from 0 to 65535, not ${values.port ?? environment.PORT}`)
  }
  const seed = Number(values.seed ?? '1')
  if (!Number.isSafeInteger(seed)) throw new UsageError(`the seed must be a whole number, not ${values.seed}`)
  return {
    port,
    fresh: values.fresh ?? false,
    memory: values.memory ?? false,
    demo: values.demo ?? false,
    playbook: resolve(values.playbook ?? 'templates'),
    data: resolve(values.data ?? '.local'),
    seed,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: false,
      options: {
        port: { type: 'string' },
        fresh: { type: 'boolean' },
        memory: { type: 'boolean' },
        demo: { type: 'boolean' },
        playbook: { type: 'string' },
        data: { type: 'string' },
        seed: { type: 'string' },
      },
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

const QUIET_MS = 300

/**
 * Calls back when something below the folder was saved and then nothing for a moment: editors write a file in several
 * steps. What is saved meanwhile is taken up when the callback is done, never beside it. Keeps no process alive.
 */
export function watchFolder(folder: string, changed: () => Promise<void>): { close(): void } {
  let timer: NodeJS.Timeout | undefined
  let isBusy = false
  let isDue = false
  const take = async () => {
    if (isBusy) return
    isBusy = true
    while (isDue) {
      isDue = false
      // It says itself what went wrong; the next save is the next try.
      await changed().catch(() => undefined)
    }
    isBusy = false
  }
  const watcher = watch(folder, { recursive: true, persistent: false }, () => {
    clearTimeout(timer)
    timer = setTimeout(() => {
      isDue = true
      void take()
    }, QUIET_MS).unref()
  })
  watcher.on('error', () => watcher.close())
  return {
    close: () => {
      clearTimeout(timer)
      watcher.close()
    },
  }
}

const project = dirname(dirname(fileURLToPath(import.meta.url)))

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env)
  if (!existsSync(options.playbook)) throw new UsageError(`there is no playbook folder ${options.playbook}`)
  const started = performance.now()
  const { folder, ran } = await synthesize(project, options.playbook)
  markInUse(folder)
  if (ran) console.log(`Synthesized in ${secondsSince(started)} s.`)
  if (options.fresh && !options.memory) rmSync(options.data, { recursive: true, force: true })
  const runner = await startRunner({
    cloudAssemblyDir: folder,
    port: options.port,
    project,
    ...(options.memory ? {} : { data: options.data }),
    seed: options.seed,
    log: (line) => console.error(line),
  })
  stopOnSignal(runner)
  console.log(greeting(runner, options, secondsSince(started)))
  publishSaved(runner.url, options.playbook)
  if (options.demo) await loadDemo(runner.url)
}

function greeting({ url, aws }: Runner, options: StartOptions, seconds: string): string {
  return [
    `Ready after ${seconds} s.`,
    `  Open this    ${url}/_local`,
    `  Inbox        ${url}/_local/inbox`,
    `  AWS endpoint ${aws}   (AWS_ENDPOINT_URL; credentials local / local)`,
    options.memory ? '  Data         in memory only' : `  Data         ${options.data}`,
  ].join('\n')
}

/** The project's own script `demo` loads them, given the address. */
async function loadDemo(url: string): Promise<void> {
  const script = readScript(project, 'demo')
  const code = script === undefined ? undefined : await runCommand(project, `${script} ${url}`)
  if (script === undefined) console.error('package.json has no script "demo" that loads sample leads.')
  else if (code !== 0) console.error(`"${script}" ended with code ${code}; the runner goes on.`)
}

/** The project's own script `saved` publishes what was saved, given the folder and the address. */
function publishSaved(url: string, playbook: string): void {
  const script = readScript(project, 'saved')
  if (script === undefined) return
  watchFolder(playbook, async () => {
    console.log(`Saved in ${playbook}:`)
    await runCommand(project, `${script} "$SAVED_FOLDER" --url ${url}`, { SAVED_FOLDER: playbook })
  })
}

function stopOnSignal(runner: Runner): void {
  let stopping = false
  const stop = () => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(0), 9500).unref()
    runner.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

function secondsSince(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(1)
}

try {
  await main()
} catch (error) {
  if (error instanceof UsageError) {
    console.error(`${error.message}\n\n${USAGE}`)
    process.exit(2)
  }
  const expected = [SynthFailed, PortInUse, DataInUse].some((kind) => error instanceof kind)
  const told = error instanceof Error ? (expected ? error.message : error.stack) : error
  if (told !== '') console.error(told)
  process.exit(1)
}
