import type { JsonObject } from '../json.ts'
import { isSendable, unsendableMessage } from './unsendable.ts'

const maximumBytes = 16 * 1024
const maximumDepth = 32

const isPlain = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isShallow = (value: unknown, levels: number): boolean => {
  if (typeof value !== 'object' || value === null) return true
  return levels > 0 && Object.values(value).every((item) => isShallow(item, levels - 1))
}

const isJson = (value: unknown): boolean => {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true
    case 'number':
      return Number.isFinite(value)
    case 'object':
      return value === null || Object.values(value).every(isJson)
    default:
      return false
  }
}

/** Names and texts at any depth; `value` is shallow. */
const canBeSent = (value: unknown): boolean => {
  if (typeof value === 'string') return isSendable(value)
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([name, item]) => isSendable(name) && canBeSent(item))
}

const isJsonObject = (value: unknown): value is JsonObject => isPlain(value) && isJson(value)

/** Properties of an activity. @returns them, or what is wrong with them. */
export const checkProperties = (
  value: unknown,
): { readonly properties: JsonObject } | { readonly message: string } => {
  if (value === undefined) return { properties: {} }
  if (!isPlain(value)) return { message: 'must be a JSON object' }
  if (!isShallow(value, maximumDepth))
    return { message: `must not be nested deeper than ${maximumDepth} levels` }
  if (!isJsonObject(value)) return { message: 'must hold JSON values only' }
  if (!canBeSent(value)) return { message: unsendableMessage }
  const bytes = new TextEncoder().encode(JSON.stringify(value)).length
  return bytes > maximumBytes
    ? { message: `must not be larger than ${maximumBytes} bytes` }
    : { properties: value }
}
