import { renameSync, writeFileSync } from 'node:fs'

/** Writes the whole file or leaves the old one, however the process ends. */
export function replaceFile(path: string, content: string, mode = 0o644): void {
  writeFileSync(`${path}.new`, content, { mode })
  renameSync(`${path}.new`, path)
}
