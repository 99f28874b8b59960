/** DynamoDB's JSON: `{ "S": "text" }` for a text, and so on. */
type Attribute = Readonly<Record<string, unknown>>

const quoted = JSON.stringify

const number = (value: number | bigint): string => {
  if (typeof value === 'number' && (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER))
    throw new RangeError(`DynamoDB has no exact place for ${value}`)
  return `"${value}"`
}

const base64 = (bytes: ArrayBufferView): string =>
  quoted(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64'))

const setText = (values: ReadonlySet<unknown>): string => {
  const [first] = values
  const all = (text: (value: never) => string): string =>
    `[${[...values].map((value) => text(value as never))}]`
  if (typeof first === 'string') return `{"SS":${all(quoted)}}`
  if (typeof first === 'number' || typeof first === 'bigint') return `{"NS":${all(number)}}`
  if (ArrayBuffer.isView(first)) return `{"BS":${all(base64)}}`
  throw new TypeError('DynamoDB has sets of texts, numbers and bytes, and no empty ones')
}

/** @throws for what DynamoDB has no type for */
const attributeText = (value: unknown): string => {
  switch (typeof value) {
    case 'string':
      return `{"S":${quoted(value)}}`
    case 'number':
    case 'bigint':
      return `{"N":${number(value)}}`
    case 'boolean':
      return `{"BOOL":${value}}`
    case 'object':
      return value === null ? '{"NULL":true}' : structureText(value)
    default:
      throw new TypeError(`DynamoDB has no type for ${typeof value}`)
  }
}

const structureText = (value: object): string => {
  if (Array.isArray(value))
    return `{"L":[${value
      .filter((one) => one !== undefined)
      .map(attributeText)
      .join(',')}]}`
  if (ArrayBuffer.isView(value)) return `{"B":${base64(value)}}`
  if (value instanceof Set) return setText(value)
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype !== Object.prototype && prototype !== null)
    throw new TypeError(`DynamoDB has no type for a ${value.constructor.name}`)
  return `{"M":${itemText(value)}}`
}

/** An item as JSON. What is undefined is left out. @throws for what DynamoDB has no type for */
export const itemText = (item: object): string => {
  let text = ''
  for (const [name, value] of Object.entries(item))
    if (value !== undefined) text += `${text === '' ? '' : ','}${quoted(name)}:${attributeText(value)}`
  return `{${text}}`
}

/** What is too large for a number is a `bigint`, as with the SDK. @throws where it has a fraction besides */
const readNumber = (text: string): number | bigint => {
  const value = Number(text)
  return Math.abs(value) > Number.MAX_SAFE_INTEGER ? BigInt(text) : value
}

const readBytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'))

const readers: Readonly<Record<string, (given: never) => unknown>> = {
  S: (text: string) => text,
  N: readNumber,
  BOOL: (value: boolean) => value,
  NULL: () => null,
  M: (map: Readonly<Record<string, Attribute>>) => itemOf(map),
  L: (list: readonly Attribute[]) => list.map(plainOf),
  B: readBytes,
  SS: (texts: readonly string[]) => new Set(texts),
  NS: (texts: readonly string[]) => new Set(texts.map(readNumber)),
  BS: (texts: readonly string[]) => new Set(texts.map(readBytes)),
}

const plainOf = (attribute: Attribute): unknown => {
  for (const type in attribute) {
    const read = readers[type]
    if (read) return read(attribute[type] as never)
  }
  throw new TypeError(`DynamoDB answered with a type that is not known: ${Object.keys(attribute)}`)
}

/** What DynamoDB's JSON says, parsed. */
export const itemOf = (map: Readonly<Record<string, Attribute>>): Record<string, unknown> => {
  const item: Record<string, unknown> = {}
  for (const name in map) item[name] = plainOf(map[name] as Attribute)
  return item
}
