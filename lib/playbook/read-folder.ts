import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isPlaybookFile } from '../../domain/playbook/playbook-files.ts'

/** Text of every file of a playbook, by its path relative to `dir`, with `/`. @throws when `dir` cannot be read. */
export const readFolder = async (dir: string): Promise<ReadonlyMap<string, string>> => {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true })
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(dir, '/').length).replaceAll('\\', '/'))
    .filter(isPlaybookFile)
    .sort()
  const texts = await Promise.all(files.map((file) => readFile(join(dir, file), 'utf8')))
  return new Map(files.map((file, index) => [file, texts[index] ?? '']))
}
