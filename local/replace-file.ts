import { renameSync, writeFileSync } from 'node:fs'
import { PRIVATE_FILE } from './private-files.ts'

/** Writes the whole file or leaves the old one, however the process ends. Only its owner reads it. */
export function replaceFile(path: string, content: string): void {
  writeFileSync(`${path}.new`, content, { mode: PRIVATE_FILE })
  renameSync(`${path}.new`, path)
}
