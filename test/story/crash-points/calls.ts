/** A permission that a call needed. */
export interface UsedPermission {
  readonly action: string
  readonly resource: string
  readonly alternatives?: readonly string[]
  readonly context?: Readonly<Record<string, string | readonly string[]>>
}

/** A permission, and the function that needed it. */
export interface Use {
  readonly function: string
  readonly need: UsedPermission
}

/** A call that a function made, as the runner recorded it. */
export interface RecordedCall {
  readonly function: string
  readonly service: string
  readonly operation: string
  readonly input: Readonly<Record<string, unknown>>
  readonly needs: readonly UsedPermission[]
  readonly crashed: boolean
}

/** A call in words: who asks which service for what, about which kinds of items, events or queues. */
export interface CallKind {
  readonly function: string
  readonly service: string
  readonly operation: string
  readonly about: readonly string[]
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])
const record = (value: unknown): Readonly<Record<string, unknown>> => Object(value)

/** Ids, hashes and times are different in each run. */
const kindOfKey = (key: string): string =>
  key
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z?/g, '')
    .split('#')
    .filter((part) => /^[A-Z]+$/.test(part))
    .join('#')

const itemKeys = (operation: string, input: RecordedCall['input']): readonly string[] => {
  const text = (attribute: unknown): string => String(record(attribute).S ?? '')
  const keyOf = (item: unknown): string => {
    const { pk, sk } = record(item)
    return [kindOfKey(text(pk)), kindOfKey(text(sk))].filter(Boolean).join(' ')
  }
  const all = Object.values(record(input.RequestItems))
  switch (operation) {
    case 'PutItem':
      return [keyOf(input.Item)]
    case 'BatchGetItem':
      return all.flatMap((one) => list(record(one).Keys).map(keyOf))
    case 'BatchWriteItem':
      return all
        .flatMap(list)
        .map((one) => keyOf(record(record(one).PutRequest).Item ?? record(record(one).DeleteRequest).Key))
    case 'BatchExecuteStatement':
      return list(input.Statements).map((one) => {
        const { Statement, Parameters } = record(one)
        const names = [...String(Statement).matchAll(/'(\w+)': \?/g)].map(([, name]) => name)
        return keyOf(Object.fromEntries(list(Parameters).map((value, index) => [names[index], value])))
      })
    case 'Query':
      return [
        Object.values(record(input.ExpressionAttributeValues))
          .map((value) => kindOfKey(text(value)))
          .filter(Boolean)
          .join(' '),
      ]
    default:
      return [keyOf(input.Key)]
  }
}

const nameIn = (arn: unknown): string => String(arn).split(/[:/]/).at(-1) ?? ''

/** Without the stack and what CloudFormation appends. */
export const shortName = (name: string): string =>
  name.replace(/^\w+?-/, '').replace(/(Function|Queue|Group)?[0-9A-F]{8}(-\w+)?$/, '')

const aboutOf = ({ service, operation, input }: RecordedCall): readonly string[] => {
  switch (service) {
    case 'dynamodb':
      return itemKeys(operation, input)
    case 'events':
      return list(input.Entries).map((entry) => String(record(entry).DetailType))
    case 'sqs':
      return [shortName(nameIn(input.QueueUrl))]
    case 's3':
      return [String(input.Key ?? input.Prefix ?? '').split('/')[0] ?? '']
    case 'lambda':
      return [shortName(nameIn(input.FunctionName))]
    default:
      return []
  }
}

export const kindOf = (call: RecordedCall): CallKind => ({
  function: call.function,
  service: call.service,
  operation: call.operation,
  about: [...new Set(aboutOf(call))].filter(Boolean).sort(),
})

/** What calls have in common that are made in the same place, as far as can be told from outside. */
export const wordsOf = (kind: CallKind): string =>
  [kind.function, kind.service, kind.operation, kind.about.join(', ')].join(' ')

/** One item's partition is told from those of many that begin alike: permissions name them apart. */
const partitionKind = (key: string): string => `${kindOfKey(key)}${key.includes('#') ? '#' : ''}`

/** One of each permission: keys of items and names of other things differ with the lead that they are about. */
export const usesOf = (calls: readonly RecordedCall[]): readonly Use[] => {
  const used = new Map<string, Use>()
  for (const { function: fn, needs } of calls)
    for (const need of needs) {
      const { action, resource, context = {} } = need
      const kinds = Object.values(context).flat().map(partitionKind)
      used.set(JSON.stringify([fn, action, resource, kinds]), { function: fn, need })
    }
  return [...used.values()]
}
