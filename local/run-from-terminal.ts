import { existsSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { DataInUse } from './data-folder.ts'
import { PortInUse } from './http/http-server.ts'
import { readScript, runCommand } from './log-line.ts'
import { readOptions, type StartOptions, USAGE, UsageError } from './options.ts'
import { type Runner, startRunner } from './runtime.ts'
import { compiledBeside, markInUse, SynthFailed, synthesize } from './synth/synthesize.ts'
import { watchFolder } from './watch-folder.ts'

const project = dirname(dirname(fileURLToPath(import.meta.url)))

async function main(): Promise<void> {
  const args = process.argv.slice(2)
  if (args.includes('--help') || args.includes('-h')) return console.log(USAGE.trimEnd())
  const options = readOptions(args, process.env)
  if (!existsSync(options.playbook)) throw new UsageError(`there is no playbook folder ${options.playbook}`)
  const started = performance.now()
  console.log('Trichter is starting; the first time it is built, which takes longer.')
  const { folder, ran } = await synthesize(project, options.playbook)
  markInUse(folder)
  if (ran) console.log(`Synthesized in ${secondsSince(started)} s.`)
  if (options.fresh && !options.memory) rmSync(options.data, { recursive: true, force: true })
  const runner = await startRunner({
    cloudAssemblyDir: folder,
    compiled: compiledBeside(folder),
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
    `  App          ${url}/`,
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

/** Folders of a playbook that go nowhere: schemas are for editors, rehearsals for their command. */
const unpublished = /^(schema|rehearsals)(\/|$)/

/** The project's own script `saved` publishes what was saved, given the folder and the address. */
function publishSaved(url: string, playbook: string): void {
  const script = readScript(project, 'saved')
  if (script === undefined) return
  watchFolder(playbook, unpublished, async () => {
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
  const text = error instanceof Error ? (expected ? error.message : error.stack) : error
  if (text !== '') console.error(text)
  process.exit(1)
}
