import { createHash, randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type BuildResult, build, type Metafile, version } from 'esbuild'
import { browserProgram, programNamespace } from './browser-program.ts'
import { lambdaOnly } from './lambda-only.ts'

/** What esbuild made of one entry: code, source map, and what of which source is in it, as texts. */
interface BuiltEntry {
  readonly code: string
  readonly map: string
  readonly metafile: string
}

type BuiltEntries = Readonly<Record<string, BuiltEntry>>

interface Kept {
  /** Size and time of change of every file that the build was made of. */
  readonly stamps: Readonly<Record<string, string>>
  readonly built: BuiltEntries
}

const stampOf = async (file: string): Promise<string> => {
  const { size, mtimeMs } = await stat(file).catch(() => ({ size: -1, mtimeMs: 0 }))
  return `${size}-${mtimeMs}`
}

const stampsOf = async (files: readonly string[]): Promise<Readonly<Record<string, string>>> =>
  Object.fromEntries(await Promise.all(files.map(async (file) => [file, await stampOf(file)] as const)))

/**
 * Bundling takes seconds, and most syntheses differ from the one before in the playbook alone: a build is used again
 * while every file that it was made of is as it was.
 * @param what everything else that it depends on, as text: its name in `folder`.
 * @param build returns the files as well, absolute.
 */
const keptBuild = async (
  folder: string,
  what: string,
  build: () => Promise<{ readonly built: BuiltEntries; readonly files: readonly string[] }>,
): Promise<BuiltEntries> => {
  const file = join(folder, `${createHash('sha256').update(what).digest('hex').slice(0, 16)}.json`)
  const kept = await readKept(file)
  if (kept) {
    const now = await stampsOf(Object.keys(kept.stamps))
    if (Object.entries(kept.stamps).every(([path, stamp]) => now[path] === stamp)) return kept.built
  }
  const { built, files } = await build()
  await write(file, { stamps: await stampsOf(files), built })
  return built
}

const readKept = async (file: string): Promise<Kept | undefined> => {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return text === undefined ? undefined : JSON.parse(text)
}

/** Beside, then moved: another synthesis at the same time reads a whole one or none. */
const write = async (file: string, kept: Kept): Promise<void> => {
  const fresh = `${file}.${randomUUID()}`
  await mkdir(dirname(file), { recursive: true })
  await writeFile(fresh, JSON.stringify(kept))
  await rename(fresh, file)
}

export interface Bundle {
  /** Folder with `index.mjs`, `index.mjs.map` and `playbook.json`. */
  readonly folder: string
  /** What of which source is in `index.mjs`, as esbuild tells it. */
  readonly metafile: string
}

/** Longer than any synthesis takes that still needs its folder. */
const keptMs = 24 * 60 * 60 * 1000

/**
 * Puts files into a folder named by their content, at once or not at all: they are written beside and moved there.
 * Folders of the same name that nobody has asked for in a day are removed.
 */
const keepFolder = async (
  outDir: string,
  name: string,
  files: Readonly<Record<string, string>>,
  metafile: string,
): Promise<Bundle> => {
  const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16)
  const kept = join(outDir, `${name}-${hash}`)
  const bundle = { folder: join(kept, 'asset'), metafile: join(kept, 'metafile.json') }
  await mkdir(outDir, { recursive: true })
  const now = new Date()
  const there = await utimes(kept, now, now).then(
    () => true,
    () => false,
  )
  if (there) return bundle
  const fresh = await mkdtemp(join(outDir, 'fresh-'))
  await mkdir(join(fresh, 'asset'))
  for (const [file, text] of Object.entries(files)) await writeFile(join(fresh, 'asset', file), text)
  await writeFile(join(fresh, 'metafile.json'), metafile)
  await rename(fresh, kept).catch(async (error: unknown) => {
    await rm(fresh, { recursive: true })
    if (!wasThere(error)) throw error
  })
  await removeOld(outDir, name, now)
  return bundle
}

const wasThere = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === 'ENOTEMPTY' || error.code === 'EEXIST')

const removeOld = async (outDir: string, name: string, now: Date): Promise<void> => {
  for (const folder of await readdir(outDir)) {
    if (!folder.startsWith(`${name}-`) && !folder.startsWith('fresh-')) continue
    const path = join(outDir, folder)
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now.getTime() }))
    if (now.getTime() - mtimeMs > keptMs) await rm(path, { recursive: true, force: true })
  }
}

interface BundleProps<Name extends string> {
  /** The project's folder, absolute; entries are given from here. */
  readonly root: string
  readonly entries: Readonly<Record<Name, string>>
  /** Compiled playbook as JSON; each bundle gets it as `playbook.json`. */
  readonly playbook: string
  /** Further files that a bundle reads beside itself: text by name. @default - none */
  readonly beside?: Readonly<Partial<Record<Name, Readonly<Record<string, string>>>>>
  /** Where bundles go, absolute: `<outDir>/<name>-<hash of the content>/`. */
  readonly outDir: string
}

type Build = BuildResult<{ write: false; metafile: true }>

/** A build made by other settings is not used again. */
const howItIsBundled = ['bundle-functions.ts', 'browser-program.ts', 'lambda-only.ts'].map((file) =>
  join(import.meta.dirname, file),
)

/** Some packages are CommonJS and call `require` for Node's own modules, which a module does not have. */
const banner =
  "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);"

/**
 * Bundles every entry. Folders are named by their content: equal
 * sources give equal folders, and two runs at once do not disturb each other.
 * @throws naming every entry that is missing; or with esbuild's messages.
 */
export const bundleFunctions = async <Name extends string>(
  props: BundleProps<Name>,
): Promise<Readonly<Record<Name, Bundle>>> => {
  const { root, entries, playbook, beside, outDir } = props
  const names = Object.keys(entries) as Name[]
  const missing = names.filter((name) => !existsSync(join(root, entries[name])))
  if (missing.length > 0)
    throw new Error(
      missing.map((name) => `function ${name} has no entry: ${entries[name]} is missing`).join('\n'),
    )
  const built = await keptBuild(join(outDir, 'builds'), JSON.stringify([root, entries, version]), () =>
    bundle(root, entries),
  )
  const folders = names.map(async (name) => {
    const { code = '', map = '', metafile = '' } = built[name] ?? {}
    const files = { 'index.mjs': code, 'index.mjs.map': map, 'playbook.json': playbook, ...beside?.[name] }
    return [name, await keepFolder(outDir, name, files, metafile)] as const
  })
  return Object.fromEntries(await Promise.all(folders)) as Record<Name, Bundle>
}

/** In one pass, so that what the entries share is parsed once. */
const bundle = async (root: string, entries: Readonly<Record<string, string>>) => {
  const built: Build = await build({
    absWorkingDir: root,
    entryPoints: Object.entries(entries).map(([name, entry]) => ({ in: entry, out: `${name}/index` })),
    // Only a name, since nothing is written: source maps count their way back from here.
    outdir: '.build',
    outExtension: { '.js': '.mjs' },
    write: false,
    bundle: true,
    minify: true,
    // Tables of entities and German texts take half of what they take escaped.
    charset: 'utf8',
    format: 'esm',
    platform: 'node',
    target: 'node24',
    mainFields: ['module', 'main'],
    banner: { js: banner },
    sourcemap: 'linked',
    sourcesContent: false,
    legalComments: 'none',
    metafile: true,
    logLevel: 'silent',
    plugins: [lambdaOnly, browserProgram],
  })
  return {
    built: Object.fromEntries(
      Object.keys(entries).map((name) => [
        name,
        {
          code: textOf(built, name, 'index.mjs'),
          map: textOf(built, name, 'index.mjs.map'),
          metafile: JSON.stringify(ownOutput(built.metafile, name)),
        },
      ]),
    ),
    files: [
      ...Object.keys(built.metafile.inputs)
        .filter((input) => !input.startsWith('unused:'))
        .map((input) =>
          input.startsWith(`${programNamespace}:`)
            ? input.slice(programNamespace.length + 1)
            : join(root, input),
        ),
      ...howItIsBundled,
    ],
  }
}

const textOf = ({ outputFiles }: Build, name: string, file: string): string => {
  const output = outputFiles.find(({ path }) => path.replaceAll('\\', '/').endsWith(`/${name}/${file}`))
  if (!output) throw new Error(`esbuild made no ${file} for function ${name}`)
  return output.text
}

const ownOutput = ({ inputs, outputs }: Metafile, name: string): Metafile => {
  const own = Object.entries(outputs).filter(([path]) => path.includes(`/${name}/`))
  const used = new Set(own.flatMap(([, output]) => Object.keys(output.inputs)))
  return {
    inputs: Object.fromEntries(Object.entries(inputs).filter(([path]) => used.has(path))),
    outputs: Object.fromEntries(own),
  }
}
