import { existsSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { PortInUse } from './http/http-server.ts'
import { readOptions, type StartOptions, USAGE, UsageError } from './options.ts'
import { type Runner, startRunner } from './runtime.ts'
import { SynthFailed, synthesize } from './synth/synthesize.ts'

const project = dirname(dirname(fileURLToPath(import.meta.url)))

async function main(): Promise<void> {
  const options = readOptions(process.argv.slice(2), process.env)
  if (!existsSync(options.playbook)) throw new UsageError(`there is no playbook folder ${options.playbook}`)
  const started = performance.now()
  const { folder, ran } = await synthesize(project, options.playbook)
  if (ran) console.log(`Synthesized in ${secondsSince(started)} s.`)
  if (options.fresh && !options.memory) rmSync(options.data, { recursive: true, force: true })
  const runner = await startRunner({
    cloudAssemblyDir: folder,
    port: options.port,
    ...(options.memory ? {} : { data: options.data }),
    log: (line) => console.error(line),
  })
  stopOnSignal(runner)
  if (options.demo) await loadDemo(runner)
  console.log(greeting(runner, options, secondsSince(started)))
}

function greeting({ url, aws }: Runner, options: StartOptions, seconds: string): string {
  return [
    `Ready after ${seconds} s.`,
    `  App          ${url}`,
    `  Inbox        ${url}/_local/inbox`,
    `  Runner       ${url}/_local`,
    `  AWS endpoint ${aws}   (AWS_ENDPOINT_URL; credentials local / local)`,
    options.memory ? '  Data         in memory only' : `  Data         ${options.data}`,
  ].join('\n')
}

/** Sample leads come from a module beside this one, where there is one. */
async function loadDemo(runner: Runner): Promise<void> {
  const file = join(project, 'local/demo.ts')
  if (!existsSync(file)) {
    console.error('There are no sample leads to load.')
    return
  }
  const demo: { loadDemo(runner: Runner): Promise<void> } = await import(file)
  await demo.loadDemo(runner)
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
  const expected = error instanceof SynthFailed || error instanceof PortInUse
  console.error(error instanceof Error ? (expected ? error.message : error.stack) : error)
  process.exit(1)
}
