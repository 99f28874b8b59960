import { isObject } from '../json.ts'

/** A type in the words of dynalite: its name, or its name with what it holds, as `Map<AttributeValue>` or `List`. */
type TypeOf = string | { readonly type: string; readonly children?: TypeOf | FieldTypes }
export type FieldTypes = Readonly<Record<string, TypeOf>>

type Check = (value: unknown) => boolean

const isText: Check = (value) => typeof value === 'string'
const isFlag: Check = (value) => typeof value === 'boolean'

const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check)

const mapOf =
  (check: Check): Check =>
  (value) => {
    if (!isObject(value)) return false
    for (const key in value) if (!check(value[key])) return false
    return true
  }

/** Bytes are not among them: whether they are base64, dynalite looks at by itself. */
const attributeTypes: ReadonlyMap<string, Check> = new Map([
  ['S', isText],
  ['N', isText],
  ['BOOL', isFlag],
  ['NULL', isFlag],
  ['SS', listOf(isText)],
  ['NS', listOf(isText)],
  ['L', listOf((value) => isAttributeValue(value))],
  ['M', mapOf((value) => isAttributeValue(value))],
])

function isAttributeValue(value: unknown): boolean {
  if (!isObject(value)) return false
  let types = 0
  for (const type in value) {
    types += 1
    if (types > 1 || attributeTypes.get(type)?.(value[type]) !== true) return false
  }
  return types === 1
}

const isFields = (children: TypeOf | FieldTypes): children is FieldTypes =>
  typeof children === 'object' && typeof children.type !== 'string'

/** @param name as `Map`, without what stands in angle brackets */
const checkFor = (name: string, children: TypeOf | FieldTypes): Check => {
  switch (name) {
    case 'String':
      return isText
    case 'Boolean':
      return isFlag
    case 'Integer':
    case 'Long':
      return Number.isInteger
    case 'AttrStruct':
      return isAttributeValue
    case 'List':
    case 'ParameterizedList':
      return isFields(children) ? () => false : listOf(checkOf(children))
    case 'Map':
    case 'ParameterizedMap':
      return isFields(children) ? () => false : mapOf(checkOf(children))
    case 'ValueStruct':
    case 'FieldStruct':
      return isFields(children) ? wellTyped(children) : () => false
    default:
      return () => false
  }
}

const checkOf = (type: TypeOf): Check => {
  const { type: name, children = {} } = typeof type === 'string' ? { type } : type
  return checkFor(name.replace(/<.*/, ''), children)
}

/**
 * Tells whether dynalite's `checkTypes` would hand an input on as it is. That takes each input apart, and describes all types of values
 * anew for each value of an item: what is well typed, as all that the SDK sends, need not go there.
 */
export function wellTyped(types: FieldTypes): Check {
  const checks = new Map(Object.entries(types).map(([name, type]) => [name, checkOf(type)]))
  return (value) => {
    if (!isObject(value)) return false
    for (const key in value) if (checks.get(key)?.(value[key]) !== true) return false
    return true
  }
}
