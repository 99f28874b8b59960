import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { objectOf, parseJson, textOf } from '../json.ts'

/** Folders whose content has no part in what is synthesized. */
const LEFT_OUT = new Set(['.build', '.git', '.local', 'cdk.out', 'node_modules', 'test'])

/**
 * One hash over the content of all files below the folders. Hashes of single files are kept in `cache` and used
 * again where size and time of change are the same.
 */
export function fingerprint(folders: readonly string[], cache: string, salt: string): string {
  const before = readCache(cache)
  const after: Record<string, [stamp: string, hash: string]> = {}
  const whole = createHash('sha256').update(salt)
  for (const folder of folders) {
    for (const file of filesBelow(folder)) {
      const { size, mtimeMs } = statSync(file)
      const stamp = `${size}-${mtimeMs}`
      const known = before.get(file)
      const hash =
        known?.[0] === stamp ? known[1] : createHash('sha256').update(readFileSync(file)).digest('hex')
      after[file] = [stamp, hash]
      whole.update(`${relative(folder, file)} ${hash}\n`)
    }
  }
  mkdirSync(dirname(cache), { recursive: true })
  writeFileSync(cache, JSON.stringify(after))
  return whole.digest('hex').slice(0, 16)
}

function filesBelow(folder: string): string[] {
  const files: string[] = []
  for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    if (LEFT_OUT.has(entry.name)) continue
    const path = join(folder, entry.name)
    if (entry.isDirectory()) files.push(...filesBelow(path))
    else if (entry.isFile()) files.push(path)
  }
  return files
}

function readCache(file: string): Map<string, [string, string]> {
  const known = new Map<string, [string, string]>()
  if (!existsSync(file)) return known
  try {
    for (const [path, entry] of Object.entries(objectOf(parseJson(readFileSync(file, 'utf8'))))) {
      const [stamp, hash] = Array.isArray(entry) ? entry.map(textOf) : []
      if (stamp !== undefined && hash !== undefined) known.set(path, [stamp, hash])
    }
  } catch {
    return new Map()
  }
  return known
}
