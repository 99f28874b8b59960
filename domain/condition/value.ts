/** What a part of a condition comes to: JSON, or one of the library's own values (timestamps, durations); undefined: not there. */
export type Value = unknown

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value)

/** Longer texts and lists are not made, whatever a condition puts together: what comes in is far shorter. */
export const maximumLength = 65_536

/** @returns undefined for a text or list that is too long, and for a number that is none. */
export const withinBounds = (value: Value): Value => {
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined
  return (typeof value === 'string' || isList(value)) && value.length > maximumLength ? undefined : value
}

/** Elements that are looked at one after the other; lists from outside have fewer as a rule. */
export const maximumElements = 1000

export const isMap = (value: Value): value is Readonly<Record<string, Value>> => {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

/** @returns what stands under `key`, undefined when nothing does. */
export const select = (value: Value, key: Value): Value => {
  if (typeof key === 'string') return isMap(value) && Object.hasOwn(value, key) ? value[key] : undefined
  if (typeof key === 'number') return isList(value) ? value[key] : undefined
  return undefined
}

const isSimple = (value: Value): boolean =>
  value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

/** @returns undefined when the two are of kinds that cannot be equal: the part that asks is then false, whichever way it asks. */
export const equal = (a: Value, b: Value): boolean | undefined => {
  if (a === undefined || b === undefined) return undefined
  if (a === null || b === null) return a === b
  if (isSimple(a) || isSimple(b)) return typeof a === typeof b ? a === b : undefined
  if (isList(a) && isList(b)) {
    return a.length === b.length && a.every((item, index) => equal(item, b[index]) === true)
  }
  if (isMap(a) && isMap(b)) {
    const keys = Object.keys(a)
    return (
      keys.length === Object.keys(b).length &&
      keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]) === true)
    )
  }
  return a instanceof Date && b instanceof Date ? a.getTime() === b.getTime() : undefined
}

/** @returns a negative number, zero or a positive one; undefined when the two have no common order. */
export const order = (a: Value, b: Value): number | undefined => {
  if (typeof a === 'number' && typeof b === 'number') return a < b ? -1 : a > b ? 1 : 0
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : a > b ? 1 : 0
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b)
  if (a instanceof Date && b instanceof Date) return a.getTime() - b.getTime()
  return undefined
}

/** @returns whether `item` is an element of a list or a key of a map; undefined for a list that is too long to look through. */
export const contains = (collection: Value, item: Value): boolean | undefined => {
  if (item === undefined) return undefined
  if (isList(collection)) {
    if (collection.length > maximumElements) return undefined
    for (const element of collection) if (equal(element, item) === true) return true
    return false
  }
  if (isMap(collection)) return typeof item === 'string' && Object.hasOwn(collection, item)
  return undefined
}
