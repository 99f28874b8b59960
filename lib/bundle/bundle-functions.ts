import { existsSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type BuildResult, build, type Metafile, version } from 'esbuild'
import { browserProgram, programNamespace } from './browser-program.ts'
import { keptBuild } from './kept-build.ts'
import { hashOf, keepFolder, stillUsed, writeFiles } from './kept-folder.ts'
import { lambdaOnly } from './lambda-only.ts'

export interface Bundle {
  /** Folder with `index.mjs`, `index.mjs.map` and `playbook.json`, named by its content. */
  readonly folder: string
  /** What of which source is in `index.mjs`, as esbuild tells it. */
  readonly metafile: string
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
const howItIsBundled = ['bundle-functions.ts', 'browser-program.ts', 'kept-folder.ts', 'lambda-only.ts'].map(
  (file) => join(import.meta.dirname, file),
)

const codeFiles = ['index.mjs', 'index.mjs.map']

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
  const codeFolders = await keptBuild(join(outDir, 'builds'), JSON.stringify([root, entries, version]), () =>
    bundle(root, entries, join(outDir, 'code')),
  )
  const playbookHash = hashOf(playbook)
  const bundles = names.map(async (name) => {
    const code = codeFolders[name] ?? ''
    await stillUsed(code)
    const others = beside?.[name] ?? {}
    const content = JSON.stringify([basename(code), playbookHash, others])
    const folder = await keepFolder(outDir, name, content, async (fresh) => {
      await Promise.all(codeFiles.map((file) => copyFile(join(code, file), join(fresh, file))))
      await writeFiles(fresh, { 'playbook.json': playbook, ...others })
    })
    return [name, { folder, metafile: join(code, 'metafile.json') }] as const
  })
  return Object.fromEntries(await Promise.all(bundles)) as Record<Name, Bundle>
}

/** In one pass, so that what the entries share is parsed once. @returns the folder of each entry's code, below `codeDir`. */
const bundle = async (root: string, entries: Readonly<Record<string, string>>, codeDir: string) => {
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
  const folders = await Promise.all(
    Object.keys(entries).map(async (name) => {
      const texts = {
        'index.mjs': textOf(built, name, 'index.mjs'),
        'index.mjs.map': textOf(built, name, 'index.mjs.map'),
        'metafile.json': JSON.stringify(ownOutput(built.metafile, name)),
      }
      const folder = await keepFolder(codeDir, name, JSON.stringify(texts), (fresh) =>
        writeFiles(fresh, texts),
      )
      return { name, folder, files: Object.keys(texts).map((file) => join(folder, file)) }
    }),
  )
  const sources = Object.keys(built.metafile.inputs)
    .filter((input) => !input.startsWith('unused:'))
    .map((input) =>
      input.startsWith(`${programNamespace}:`) ? input.slice(programNamespace.length + 1) : join(root, input),
    )
  return {
    built: Object.fromEntries(folders.map(({ name, folder }) => [name, folder])),
    files: [...sources, ...howItIsBundled, ...folders.flatMap(({ files }) => files)],
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
