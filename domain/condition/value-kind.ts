import { isList, isMap, type Value } from './value.ts'

/** What a value is, in words for the people who write conditions; never the value itself. */
export const kindOf = (value: Value): string => {
  switch (typeof value) {
    case 'string':
      return 'a text'
    case 'number':
      return 'a number'
    case 'boolean':
      return 'true or false'
    case 'undefined':
      return 'missing'
    default:
      if (value === null) return 'empty'
      if (isList(value)) return 'a list'
      if (isMap(value)) return 'an object'
      return value instanceof Date ? 'a time' : 'a value of another kind'
  }
}
