import type { EventExpression, Reported } from '../condition/compile-event.ts'
import { isList, isMap, type Value } from '../condition/value.ts'
import type { Json, JsonObject } from '../json.ts'

/** The shortest decimal that reads back as the same number, without an exponent. */
const decimalOf = (number: number): string => {
  const text = String(number)
  if (!/e/i.test(text)) return text
  return Math.abs(number) >= 1 ? BigInt(number).toString() : number.toFixed(20).replace(/\.?0+$/, '')
}

/** A text, or a number as text; undefined for anything else. */
export const textOf = (value: Value): string | undefined => {
  if (typeof value === 'string') return value.trim()
  return typeof value === 'number' && Number.isFinite(value) ? decimalOf(value) : undefined
}

const jsonOf = (value: Value): Json | undefined => {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? undefined : value.toISOString()
  if (isList(value)) return value.flatMap((item) => jsonOf(item) ?? [])
  if (!isMap(value)) return undefined
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, item]): [string, Json][] => {
      const json = jsonOf(item)
      return json === undefined ? [] : [[key, json]]
    }),
  )
}

/** Ids are texts whatever a program writes, and so are amounts: money is no floating-point number. */
const texts = ['dealId', 'amount']

const propertyOf = (name: string, value: Value): Json | undefined => {
  if (value === null || value === '') return undefined
  return texts.includes(name) ? (textOf(value) ?? jsonOf(value)) : jsonOf(value)
}

/** What has no value, or an empty one, is left out. */
export const propertiesOf = (
  properties: readonly (readonly [name: string, of: EventExpression])[],
  reported: Reported,
): JsonObject =>
  Object.fromEntries(
    properties.flatMap(([name, of]): [string, Json][] => {
      const value = propertyOf(name, of.valueOf(reported))
      return value === undefined ? [] : [[name, value]]
    }),
  )
