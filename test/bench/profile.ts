import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { SourceMap } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { textOf } from '../../local/json.ts'
import { synthesize } from '../../local/synth/synthesize.ts'
import { readAssembly } from '../../local/template/assembly.ts'
import { StackModel } from '../../local/template/model.ts'
import { type Client, makeClient } from '../story/client.ts'
import { startTrichter } from '../story/trichter.ts'
import type { Row } from './table.ts'

/** As V8 writes it for each thread; times in microseconds. */
interface Profile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: CallFrame
    readonly children?: readonly number[]
  }[]
  readonly samples: readonly number[]
  readonly timeDeltas: readonly number[]
}

interface CallFrame {
  readonly functionName: string
  readonly url: string
  readonly lineNumber: number
  readonly columnNumber: number
}

/** What a package is for, by the place of its code; the first that fits. */
const kinds: readonly (readonly [kind: string, place: RegExp])[] = [
  ['AWS SDK, with signing and reading its answers', /@smithy|@aws-sdk|@aws-crypto|adapters\/aws-clients/],
  ['engine of the table', /dynalite|entry-store|dynamodb-engine|lazy\/|async\/dist/],
  ['engine of the queues', /fauxqs|local\/queues|queue-engine/],
  ['other packages', /node_modules/],
  ['rest of the runner', /\/local\//],
  ['functions and domain', /\/(?:functions|domain|lib)\//],
]
const ofThreads = 'messages between threads'

const kindOf = (place: string): string | undefined => kinds.find(([, shape]) => shape.test(place))?.[0]

/** What V8 does itself, of which no code is the place. */
const ofEngine: ReadonlyMap<string, string> = new Map([
  ['(garbage collector)', 'garbage collection'],
  ['(program)', 'V8 and system calls'],
])

type PlaceOf = (frame: CallFrame) => string

/** Milliseconds by kind. What Node does counts for who asked for it. */
const addProfile = (sums: Map<string, number>, { nodes, samples, timeDeltas }: Profile, placeOf: PlaceOf) => {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const callers = new Map(
    nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)),
  )
  const known = new Map<number, string>()
  const judge = (id: number): string => {
    const frame = frames.get(id)
    if (!frame) return 'Node'
    const { functionName, url } = frame
    if (/postMessage/.test(functionName) || /messageport/.test(url) || url.startsWith('data:'))
      return ofThreads
    const caller = callers.get(id)
    return (
      ofEngine.get(functionName) ?? kindOf(placeOf(frame)) ?? (caller === undefined ? 'Node' : kindAt(caller))
    )
  }
  const kindAt = (id: number): string => {
    const kind = known.get(id) ?? judge(id)
    known.set(id, kind)
    return kind
  }
  for (const [index, id] of samples.entries()) {
    if (frames.get(id)?.functionName === '(idle)') continue
    const kind = kindAt(id)
    sums.set(kind, (sums.get(kind) ?? 0) + (timeDeltas[index] ?? 0) / 1_000)
  }
}

/** Tells places in bundles by the sources that they were made of. */
const sourcesOf = async (): Promise<PlaceOf> => {
  const assembly = readAssembly((await synthesize(process.cwd(), 'templates')).folder)
  const model = new StackModel(assembly, { app: 'http://127.0.0.1', aws: 'http://127.0.0.1' })
  const maps = new Map<string, SourceMap>()
  for (const { name, properties } of model.ofType('AWS::Lambda::Function')) {
    const { S3Key } = properties.Code as { readonly S3Key?: string }
    const file = join(assembly.assets.get(textOf(S3Key) ?? '') ?? '', 'index.mjs.map')
    if (existsSync(file)) maps.set(name, new SourceMap(JSON.parse(await readFile(file, 'utf8'))))
  }
  return ({ url, lineNumber, columnNumber }) => {
    const [, name = ''] = /\/([^/]+)\/code\/index\.mjs$/.exec(url) ?? []
    const origin = maps.get(name)?.findOrigin(lineNumber + 1, columnNumber + 1)
    return origin && 'fileName' in origin ? `/${origin.fileName}` : url
  }
}

/** Where the processor time of the whole runner goes while it does some work, of all threads together. */
export const measureProfile = async (work: (client: Client) => Promise<unknown>): Promise<readonly Row[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'trichter-profile-'))
  try {
    const profiling = ['--cpu-prof', `--cpu-prof-dir=${folder}`]
    const trichter = await startTrichter(['--memory'], process.cwd(), profiling)
    await work(makeClient(trichter.url))
    await trichter.stop()
    const placeOf = await sourcesOf()
    const sums = new Map<string, number>()
    for (const file of await readdir(folder))
      addProfile(sums, JSON.parse(await readFile(join(folder, file), 'utf8')), placeOf)
    const total = [...sums.values()].reduce((sum, one) => sum + one, 0)
    return [...sums]
      .toSorted(([, a], [, b]) => b - a)
      .map(([what, milliseconds]) => ({ what, value: (100 * milliseconds) / total, unit: '%' }))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
