import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { objectOf, parseObject, textOf } from './json.ts'

/** Runs a shell command in the project's folder as npm would, its output shown; answers the exit code. */
export function runCommand(
  project: string,
  command: string,
  env: Readonly<Record<string, string>> = {},
): Promise<number | null> {
  const path = [dirname(process.execPath), join(project, 'node_modules/.bin'), process.env.PATH]
  return new Promise((resolve, reject) => {
    const child = spawn(command, {
      cwd: project,
      env: { ...process.env, ...env, PATH: path.join(delimiter) },
      shell: true,
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    child.on('error', reject)
    child.on('exit', resolve)
  })
}

/** A script of package.json; undefined where the project has none of that name. */
export function readScript(project: string, name: string): string | undefined {
  const { scripts } = parseObject(readFileSync(join(project, 'package.json'), 'utf8'))
  return textOf(objectOf(scripts)[name])
}
