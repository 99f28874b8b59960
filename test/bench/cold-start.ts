import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import type { Client } from '../story/client.ts'
import { quantile, type Row } from './table.ts'

const run = promisify(execFile)
const times = 7

interface LocalFunction {
  readonly logicalId: string
  readonly folder: string
  readonly environment: Readonly<Record<string, string>>
}

interface Load {
  readonly elapsed: number
  /** What the process itself did of that: another one's work is not in it, nor waiting for secrets. */
  readonly processor: number
}

/** A process of its own that loads one bundle, and says how many milliseconds that took: Node's own start is not in the figure. */
const loadOnce = async (file: string, env: Readonly<Record<string, string>>): Promise<Load> => {
  const code = `const used = process.cpuUsage(), begin = performance.now()
await import(${JSON.stringify(pathToFileURL(file).href)})
const elapsed = performance.now() - begin, { user, system } = process.cpuUsage(used)
console.log(JSON.stringify({ elapsed, processor: (user + system) / 1000 }))
process.exit()`
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', code], { env: { ...env } })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '')
}

/** What every function that reads a table has to load at the least. */
const bareClient = async (folder: string): Promise<string> => {
  const entry = join(import.meta.dirname, 'bare-client.ts')
  const outfile = join(folder, 'index.mjs')
  await build({
    entryPoints: [entry],
    outfile,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: {
      js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);",
    },
    logLevel: 'silent',
  })
  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  return outfile
}

/** Bundle size and time to load, function by function, beside a bundle that only has a DynamoDB client. */
export const measureColdStarts = async (client: Client): Promise<readonly Row[]> => {
  const local = (await (await client.raw('/_local')).json()) as {
    functions: LocalFunction[]
    urls: { aws: string }
  }
  const access = {
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_ENDPOINT_URL: local.urls.aws,
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
  }
  const folder = await mkdtemp(join(tmpdir(), 'trichter-bare-'))
  try {
    const bundles = [
      { name: 'bare DynamoDB client', file: await bareClient(folder), env: access },
      ...local.functions.map(({ logicalId, folder: own, environment }) => ({
        name: logicalId.replace(/Function\w*$/, ''),
        file: join(own, 'index.mjs'),
        env: { ...environment, ...access },
      })),
    ]
    const loads = bundles.map((): Load[] => [])
    // In turns: what else the machine does meets all of them.
    for (let time = 0; time < times; time += 1)
      for (const [index, { file, env }] of bundles.entries()) loads[index]?.push(await loadOnce(file, env))
    const median = (index: number, of: keyof Load): number =>
      quantile(loads[index]?.map((load) => load[of]) ?? [], 0.5)
    const rows = bundles.map(async ({ name, file }, index): Promise<readonly Row[]> => {
      const processor = median(index, 'processor')
      const beside = processor / median(0, 'processor')
      return [
        { what: `${name}: load`, value: median(index, 'elapsed'), unit: 'ms' },
        { what: `${name}: processor time of it`, value: processor, unit: 'ms' },
        { what: `${name}: beside the bare client`, value: beside, unit: '×', aim: '1.3' },
        { what: `${name}: bundle`, value: (await stat(file)).size / 1024, unit: 'KiB' },
      ]
    })
    return (await Promise.all(rows)).flat()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
