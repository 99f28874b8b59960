import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type BuildResult, build, type Metafile, version } from 'esbuild'
import { browserProgram, programNamespace } from './browser-program.ts'
import { keptBuild } from './kept-build.ts'
import { lambdaOnly } from './lambda-only.ts'

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
