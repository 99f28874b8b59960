import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { isObject, type JsonObject, objectOf, parseJson, parseObject, textOf } from './json.ts'

const LONGEST = 1000

/** A structured log line of level ERROR; undefined for any other text. */
export function readErrorLine(line: string): JsonObject | undefined {
  try {
    const entry = line.includes('ERROR') ? parseJson(line) : undefined
    return isObject(entry) && entry.level === 'ERROR' ? entry : undefined
  } catch {
    return undefined
  }
}

/** What an entry says went wrong, under the names that loggers and Lambda use. */
export function reasonIn(entry: JsonObject): string | undefined {
  const error = objectOf(entry.error)
  const said = [error.reason, error.message, entry.error, entry.errorMessage, entry.message]
  const reason = said.map(textOf).find((text) => text !== undefined && text !== '')
  const name = textOf(error.name) ?? textOf(entry.errorType)
  return reason === undefined || name === undefined || reason.startsWith(name) ? reason : `${name}: ${reason}`
}

/** A function's output as people want to read it: of a structured error, its message and reason. */
export function shortLine(line: string): string {
  const entry = readErrorLine(line)
  const message = textOf(entry?.message)
  const reason = entry && reasonIn(entry)
  const short =
    reason === undefined
      ? line
      : message === undefined || message === reason
        ? reason
        : `${message}: ${reason}`
  return short.slice(0, LONGEST)
}

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
