import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync, mkdtempSync, readFileSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

export const root = join(import.meta.dirname, '../..')
export const temporary = () => mkdtempSync(join(tmpdir(), 'trichter-app-'))

/** Runs the app as the CLI would, with an environment that holds no account, no region and no credentials. */
export const synthesize = async (outdir: string, context: Readonly<Record<string, string>> = {}) => {
  const { context: standing } = JSON.parse(readFileSync(join(root, 'cdk.json'), 'utf8'))
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: temporary(),
    CDK_OUTDIR: outdir,
    CDK_CONTEXT_JSON: JSON.stringify({ ...standing, ...context }),
  }
  await promisify(execFile)(process.execPath, ['bin/app.ts'], { cwd: root, env })
}

/** Every file by name, with a hash of what is in it. */
export const contentOf = (folder: string): readonly string[] =>
  globSync('**/*', { cwd: folder })
    .filter((path) => statSync(join(folder, path)).isFile())
    .map(
      (path) =>
        `${path} ${createHash('sha256')
          .update(readFileSync(join(folder, path)))
          .digest('hex')}`,
    )
    .sort()
