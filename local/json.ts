/** What JSON.parse yields, and the lenient readers the runner uses on templates and requests. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json | undefined
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The object, or an empty one where there is none. */
export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

/** The list; a single value stands for a list of one, as CloudFormation and IAM allow; absent: empty. */
export function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? value : [value]
}

export function objectsOf(value: Json | undefined): JsonObject[] {
  return listOf(value).filter(isObject)
}

/** Text as it is; numbers and booleans as CloudFormation writes them; anything else undefined. */
export function textOf(value: Json | undefined): string | undefined {
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

export function textsOf(value: Json | undefined): string[] {
  return listOf(value).flatMap((one) => textOf(one) ?? [])
}

export function numberOf(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

export function isTrue(value: Json | undefined): boolean {
  return value === true || value === 'true'
}

/** The value without its type: a parsed document is JSON by construction. */
export function parseJson(text: string): Json {
  return JSON.parse(text)
}

export function parseObject(text: string): JsonObject {
  const value = parseJson(text)
  if (!isObject(value)) throw new SyntaxError('expected a JSON object')
  return value
}
