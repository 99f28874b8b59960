import { isObject, type Json } from '../json.ts'
import { readErrorLine, reasonIn } from '../log-line.ts'

/**
 * Why a function reported a message as failed. Lambda's answer names the message only, so the reason is taken from the
 * newest line of level ERROR that holds the message's id as a value, as structured loggers write it.
 */
export function loggedReason(lines: readonly string[], messageId: string): string | undefined {
  for (const line of lines.toReversed()) {
    const entry = line.includes(messageId) ? readErrorLine(line) : undefined
    if (entry && holds(entry, messageId)) return reasonIn(entry)
  }
  return undefined
}

function holds(value: Json | undefined, text: string): boolean {
  if (Array.isArray(value)) return value.some((one) => holds(one, text))
  return isObject(value) ? Object.values(value).some((one) => holds(one, text)) : value === text
}
