import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Bundle } from '../../../lib/bundle/bundle-functions.ts'

export const root = join(import.meta.dirname, '../../..')
export const fixture = 'test/lib/bundle/fixture'

/** Runs a script that has the bundle as `bundle`, in a Node of its own. */
export const run = async ({ folder }: Bundle, script: string, env: Readonly<Record<string, string>> = {}) => {
  const text = `const bundle = await import(${JSON.stringify(join(folder, 'index.mjs'))}); ${script}`
  const args = ['--enable-source-maps', '--input-type=module', '--eval', text]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env })
  return stdout.trim()
}
