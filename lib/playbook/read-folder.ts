import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isPlaybookFile } from '../../domain/playbook/playbook-files.ts'

/** Generated, or read by other commands; and what programs put beside files. */
const isAside = (file: string): boolean =>
  /^(schema|rehearsals|node_modules)\//.test(file) || /(^|\/)(\.|Thumbs\.db$|desktop\.ini$)|~$/i.test(file)

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
  const texts = await Promise.all(files.map((file) => readFile(join(dir, file), 'utf8')))
  return new Map(files.map((file, index) => [file, texts[index] ?? '']))
}

/** What else lies in the folder of a playbook. @throws when `dir` cannot be read. */
export const unreadFiles = async (dir: string): Promise<readonly string[]> =>
  (await filesBelow(dir)).filter((file) => !isPlaybookFile(file) && !isAside(file))
