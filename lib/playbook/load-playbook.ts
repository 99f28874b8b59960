import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAsset } from '../../domain/model/asset.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { assetsOf, isAssetFile } from '../../domain/playbook/check-assets.ts'
import { compareFaults, type Fault, faultLine, isError } from '../../domain/playbook/fault.ts'
import { jsonSchemas } from '../../domain/playbook/json-schemas.ts'
import { isPlaybookFile } from '../../domain/playbook/playbook-files.ts'
import { packedBytes } from '../../functions/adapters/pack.ts'
import { readPicture } from '../../functions/adapters/read-picture.ts'
import { buildPlaybook } from '../../functions/playbook/check-draft.ts'
import type { SourceFiles } from '../../functions/playbook-ports.ts'
import { cachedMjml, sha256 } from './mjml-cache.ts'

/** Generated, or read by other commands; and what programs put beside files. */
const isAside = (file: string): boolean =>
  /^(schema|rehearsals|import|node_modules)\/|^report\.md$/.test(file) ||
  /(^|\/)(\.|Thumbs\.db$|desktop\.ini$)|~$/i.test(file)

/** Every file below `dir`, by its path relative to it, with `/`. */
const filesBelow = async (dir: string): Promise<readonly string[]> => {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(dir, '/').length).replaceAll('\\', '/'))
    .sort()
}

/** Text of every file of a playbook, by its path relative to `dir`, with `/`. @throws when `dir` cannot be read. */
export const readFolder = async (dir: string): Promise<ReadonlyMap<string, string>> => {
  const files = (await filesBelow(dir)).filter(isPlaybookFile)
  const texts = await Promise.all(files.map((file) => textOf(join(dir, file), isAssetFile(file))))
  return new Map(files.map((file, index) => [file, texts[index] ?? '']))
}

/** For a picture stands a line about it. */
const textOf = async (path: string, isAsset: boolean): Promise<string> => {
  const content = await readFile(path)
  if (!isAsset) return content.toString('utf8')
  const picture = readPicture(content)
  return picture ? writeAsset(picture) : ''
}

/** The pictures themselves in base64, by the name that their content gives them. */
const readAssets = async (dir: string, files: SourceFiles): Promise<ReadonlyMap<string, string>> =>
  new Map(
    await Promise.all(
      [...assetsOf(files).values()].map(
        async ({ file, name }) => [name, (await readFile(join(dir, file))).toString('base64')] as const,
      ),
    ),
  )

/** What else lies in the folder of a playbook. @throws when `dir` cannot be read. */
const unreadFiles = async (dir: string): Promise<readonly string[]> =>
  (await filesBelow(dir)).filter((file) => !isPlaybookFile(file) && !isAside(file))

interface LoadedPlaybook {
  readonly playbook?: Playbook
  readonly faults: readonly Fault[]
  /** What it was made of. */
  readonly files: SourceFiles
  /** Its pictures in base64, by name. */
  readonly assets: ReadonlyMap<string, string>
}

const picture = /\.(png|jpe?g|gif|svg|webp|avif)$/i

/** What lies in the folder and is left out: somebody may wait for it to appear. */
const unreadFaults = (unread: readonly string[]): readonly Fault[] =>
  unread.map((file) => ({
    ...{ file, line: 1, column: 1, severity: 'warning' },
    message: picture.test(file)
      ? 'not read: pictures are read from assets/, or loaded from your site: write their address, https://…'
      : 'not read: a playbook is *.yaml, forms/, sequences/, segments/, hooks/, emails/ and assets/',
  }))

/**
 * Reads a playbook's folder, checks it and compiles its emails.
 * @param emailDomain the one that the deployment sends from; absent: any.
 * @returns every fault, in order of place; `playbook` is there when none is an error. A folder that cannot be read is a fault too.
 */
export const loadPlaybook = async (dir: string, emailDomain?: string): Promise<LoadedPlaybook> => {
  let files: SourceFiles
  let unread: readonly string[]
  try {
    ;[files, unread] = await Promise.all([readFolder(dir), unreadFiles(dir)])
  } catch (error) {
    const message = `the folder cannot be read: ${error instanceof Error ? error.message : String(error)}`
    return {
      faults: [{ file: dir, line: 1, column: 1, message, severity: 'error' }],
      files: new Map(),
      assets: new Map(),
    }
  }
  const built = await buildPlaybook(files, {
    ...{ compile: cachedMjml, digest: sha256, packedBytes },
    ...(emailDomain !== undefined && { emailDomain }),
  })
  return {
    ...built,
    faults: [...built.faults, ...unreadFaults(unread)].sort(compareFaults),
    files,
    assets: await readAssets(dir, files),
  }
}

const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count} ${count === 1 ? one : many}`

const summary = ({
  funnel,
  scoring,
  forms,
  sequences,
  segments = {},
  emails,
  hooks = {},
}: Playbook): string => {
  const versions = Object.values(emails).reduce((sum, byLanguage) => sum + Object.keys(byLanguage).length, 0)
  return [
    counted(funnel.stages.length, 'stage'),
    counted(scoring.fit.length + scoring.engagement.length, 'scoring rule'),
    counted(Object.keys(forms).length, 'form'),
    ...(Object.keys(hooks).length > 0 ? [counted(Object.keys(hooks).length, 'hook')] : []),
    counted(Object.keys(sequences).length, 'sequence'),
    ...(Object.keys(segments).length > 0 ? [counted(Object.keys(segments).length, 'segment')] : []),
    `${counted(Object.keys(emails).length, 'email')} (${counted(versions, 'file')})`,
  ].join(', ')
}

const tally = (faults: readonly Fault[]): string => {
  const errors = faults.filter(isError).length
  const warnings = faults.length - errors
  return [
    ...(errors > 0 ? [counted(errors, 'error')] : []),
    ...(warnings > 0 ? [counted(warnings, 'warning')] : []),
  ].join(', ')
}

/** Every fault in a line of its own, and how many there are. */
export const faultLines = (faults: readonly Fault[]): readonly string[] =>
  faults.length === 0 ? [] : [...faults.map(faultLine), tally(faults)]

/** Says every fault of the playbook in `dir`, or what is in it. @returns the exit code: 1 when there is an error. */
export const checkPlaybook = async (dir: string, print: (line: string) => void): Promise<number> => {
  const { playbook, faults } = await loadPlaybook(dir)
  if (playbook === undefined) {
    for (const line of faultLines(faults)) print(line)
    return 1
  }
  for (const fault of faults) print(faultLine(fault))
  print(
    [`The playbook is fine: ${summary(playbook)}`, ...(faults.length > 0 ? [tally(faults)] : [])].join(', '),
  )
  return 0
}

/** Text of a schema's file. */
export const schemaText = (schema: unknown): string => `${JSON.stringify(schema, null, 2)}\n`

/** Writes the JSON Schema of each kind of playbook file into `folder`. */
export const writeSchemas = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true })
  for (const [name, schema] of Object.entries(jsonSchemas()))
    await writeFile(join(folder, name), schemaText(schema))
}
