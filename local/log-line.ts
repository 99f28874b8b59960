import { isObject, type JsonObject, objectOf, parseJson, textOf } from './json.ts'

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
