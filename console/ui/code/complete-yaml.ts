import type { KnownNames } from '../../../functions/playbook/publish-draft.ts'

/** As much of JSON Schema as the playbook's schemas use. */
interface Schema {
  readonly type?: string | readonly string[]
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly items?: Schema | boolean
  readonly prefixItems?: readonly Schema[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly allOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly $ref?: string
  readonly $defs?: Readonly<Record<string, Schema>>
  /** What a text names. */
  readonly 'x-names'?: string
}

/** What an editor knows of a file. */
export interface Knowledge {
  readonly schema: Schema | undefined
  readonly names: KnownNames | undefined
  /** Of the funnel, in order. */
  readonly stages: readonly string[]
}

interface Option {
  readonly label: string
  readonly kind: 'key' | 'value' | 'name' | 'function'
  /** What is put in, where it is more than the label. */
  readonly insert?: string
  readonly info?: string
}

interface Completion {
  /** Where what is typed so far begins, as an offset into the text. */
  readonly from: number
  readonly options: readonly Option[]
}

/** Where one is in a file: keys from the root on, `-` for an entry of a list. */
export interface Place {
  readonly path: readonly string[]
  readonly kind: 'key' | 'value'
  /** Keys that stand in the same mapping already. */
  readonly siblings: readonly string[]
  /** What is typed so far. */
  readonly typed: string
  /** The quotation mark that what is typed begins with. */
  readonly quote: string
}

interface Level {
  readonly indent: number
  readonly key: string
  readonly siblings: string[]
}

const keyPattern = /^(?:"([^"]*)"|'([^']*)'|([^\s#'"{}[\],&*!|>%@`:][^:#{}[\]]*?))\s*:(?=\s|$)/

const keyIn = (text: string): { readonly key: string; readonly rest: string } | undefined => {
  const found = keyPattern.exec(text)
  return found
    ? { key: found[1] ?? found[2] ?? found[3] ?? '', rest: text.slice(found[0].length) }
    : undefined
}

/** Goes down into a line of block style. @returns what is left of it behind its keys and dashes. */
const takeLine = (line: string, levels: Level[]): string => {
  let rest = line.trimStart()
  let indent = line.length - rest.length
  const leave = (): void => {
    while ((levels.at(-1)?.indent ?? -1) > indent) levels.pop()
  }
  while (/^-(\s|$)/.test(rest)) {
    leave()
    if (levels.at(-1)?.indent === indent && levels.at(-1)?.key === '-') levels.pop()
    levels.push({ indent, key: '-', siblings: [] })
    const inner = rest.slice(1).trimStart()
    indent += rest.length - inner.length
    rest = inner
  }
  const found = keyIn(rest)
  if (!found) {
    leave()
    return rest
  }
  leave()
  const before = levels.at(-1)
  const siblings = before?.indent === indent && before.key !== '-' ? before.siblings : []
  if (before?.indent === indent && before.key !== '-') levels.pop()
  siblings.push(found.key)
  levels.push({ indent, key: found.key, siblings })
  return found.rest.trimStart()
}

interface Flow {
  readonly path: readonly string[]
  readonly kind: 'key' | 'value'
  readonly siblings: readonly string[]
  readonly typed: string
  readonly quote: string
}

/** Goes through `{ … }` and `[ … ]` that are still open at the end of `text`. */
const readFlow = (text: string): Flow => {
  const open: { readonly isMap: boolean; key: string | undefined; readonly siblings: string[] }[] = []
  let [typed, quote] = ['', '']
  let wasQuoted = false
  const next = (): void => {
    typed = ''
    wasQuoted = false
  }
  for (const [at, letter] of [...text].entries()) {
    const top = open.at(-1)
    if (quote !== '') {
      if (letter === quote) {
        quote = ''
        wasQuoted = true
      } else typed += letter
    } else if (letter === '{' || letter === '[') {
      open.push({ isMap: letter === '{', key: letter === '{' ? undefined : '-', siblings: [] })
      next()
    } else if (letter === '}' || letter === ']') {
      open.pop()
      next()
    } else if (letter === ',') {
      if (top?.isMap) top.key = undefined
      next()
    } else if (letter === ':' && top?.isMap && top.key === undefined && /^(\s|$)/.test(text.slice(at + 1))) {
      top.key = typed.trim()
      top.siblings.push(top.key)
      next()
    } else if ((letter === '"' || letter === "'") && typed.trim() === '' && !wasQuoted) {
      quote = letter
      typed = ''
    } else typed += letter
  }
  const top = open.at(-1)
  return {
    path: open.flatMap(({ key }) => (key === undefined ? [] : [key])),
    kind: top?.isMap && top.key === undefined ? 'key' : 'value',
    siblings: top?.isMap ? top.siblings : [],
    typed: quote === '' ? typed.trimStart() : typed,
    quote,
  }
}

const isComment = (line: string): boolean => /^\s*(#|---|$)/.test(line)

/** Brackets that a line leaves open, quotes aside. */
const depthOf = (line: string): number => {
  const bare = line.replace(/"[^"]*"|'[^']*'/g, '').replace(/(^|\s)#.*$/, '')
  return (bare.match(/[{[]/g)?.length ?? 0) - (bare.match(/[}\]]/g)?.length ?? 0)
}

/** Lines, those that a bracket holds together as one. */
const logicalLines = (text: string): string[] => {
  const lines: string[] = []
  let depth = 0
  for (const line of text.split('\n')) {
    if (depth > 0) lines.push(`${lines.pop() ?? ''} ${line.trimStart()}`)
    else lines.push(line)
    if (!isComment(line)) depth = Math.max(0, depth + depthOf(line))
  }
  return lines
}

/** Where the end of `before` is in a YAML file. */
export const placeIn = (before: string): Place => {
  const lines = logicalLines(before)
  const last = lines.pop() ?? ''
  const levels: Level[] = []
  for (const line of lines) if (!isComment(line)) takeLine(line, levels)
  const rest = takeLine(last, levels)
  const indent = last.length - last.trimStart().length
  const path = levels.map(({ key }) => key)
  const lastKey = levels.at(-1)
  const isBehindKey = keyIn(last.trimStart().replace(/^(-\s+)+/, '')) !== undefined
  const flow = readFlow(rest)
  if (flow.path.length > 0 || /[{[]/.test(rest)) return { ...flow, path: [...path, ...flow.path] }
  if (isBehindKey) return { ...flow, kind: 'value', path }
  // A line of its own: what stands deeper than it belongs to the key above, what stands beside it are siblings.
  const inDash = /^\s*-/.test(last)
  while (!inDash && levels.length > 0 && (levels.at(-1)?.indent ?? 0) > indent) levels.pop()
  const beside = levels.at(-1)
  const isBeside = !inDash && beside !== undefined && beside.indent === indent && beside.key !== '-'
  if (isBeside)
    return { ...flow, kind: 'key', path: path.slice(0, levels.length - 1), siblings: beside.siblings }
  return { ...flow, kind: 'key', path: inDash || lastKey ? levels.map(({ key }) => key) : [], siblings: [] }
}

/** What a schema allows, each choice by itself. */
const choicesOf = (schema: Schema, root: Schema, depth = 0): readonly Schema[] => {
  if (depth > 12) return []
  const deeper = (one: Schema): readonly Schema[] => choicesOf(one, root, depth + 1)
  if (schema.$ref !== undefined) {
    const name = /^#\/\$defs\/(.+)$/.exec(schema.$ref)?.[1]
    const target = name === undefined ? root : root.$defs?.[name]
    return target ? deeper(target) : []
  }
  const parts = schema.anyOf ?? schema.oneOf ?? schema.allOf
  return parts ? parts.flatMap(deeper) : [schema]
}

const stepInto = (schema: Schema, key: string): readonly Schema[] => {
  if (key === '-') return typeof schema.items === 'object' ? [schema.items] : (schema.prefixItems ?? [])
  const own = schema.properties && Object.hasOwn(schema.properties, key) ? schema.properties[key] : undefined
  if (own) return [own]
  return typeof schema.additionalProperties === 'object' ? [schema.additionalProperties] : []
}

/** Everything that may stand at a path. */
const schemasAt = (root: Schema, path: readonly string[]): readonly Schema[] =>
  path.reduce<readonly Schema[]>(
    (current, key) => current.flatMap((one) => stepInto(one, key)).flatMap((one) => choicesOf(one, root)),
    choicesOf(root, root),
  )

const keysOf = (schemas: readonly Schema[], siblings: readonly string[]): readonly Option[] => {
  const fitting = schemas.filter(({ properties = {} }) =>
    siblings.every((key) => Object.hasOwn(properties, key)),
  )
  const keys = new Map<string, Option>()
  for (const { properties = {} } of fitting.length > 0 ? fitting : schemas)
    for (const [label, { description }] of Object.entries(properties))
      if (!siblings.includes(label) && !keys.has(label))
        keys.set(label, {
          ...{ label, kind: 'key', insert: `${label}: ` },
          ...(description !== undefined && { info: description }),
        })
  return [...keys.values()]
}

const namesOf = (kind: string | undefined, names: KnownNames | undefined): readonly string[] => {
  switch (kind) {
    case 'email':
      return names?.emails ?? []
    case 'team':
      return names?.teams ?? []
    case 'sequence':
      return names?.sequences ?? []
    case 'segment':
      return names?.segments ?? []
    case 'activityType':
      return names?.activityTypes ?? []
    case 'attribute':
      return names?.attributes ?? []
    default:
      return []
  }
}

const isScalar = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value)

const valuesOf = (schemas: readonly Schema[], names: KnownNames | undefined): readonly Option[] =>
  schemas.flatMap((schema): readonly Option[] => {
    const written = [...(schema.enum ?? []), ...(schema.const === undefined ? [] : [schema.const])]
    const values = schema.type === 'boolean' ? [true, false] : written.filter(isScalar)
    return [
      ...values.map((value): Option => ({ label: String(value), kind: 'value' })),
      ...namesOf(schema['x-names'], names).map((label): Option => ({ label, kind: 'name' })),
    ]
  })

/** Words of a condition, with what they take. */
const conditionWords = [
  ...['score', 'fit', 'engagement', 'band', 'grade', 'stage', 'consented'].map((label) => ({
    label,
    insert: label,
  })),
  ...['did', 'count', 'daysSince', 'opened', 'clicked', 'stageAtLeast'].map((label) => ({
    label,
    insert: `${label}("`,
  })),
  { label: 'has', insert: 'has(lead.' },
]

/** What may go on in a condition (CEL), behind what is typed of it. */
export const completeCondition = (typed: string, { names, stages }: Knowledge): Completion | undefined => {
  const word = /[\w.-]*$/.exec(typed)?.[0] ?? ''
  const before = typed.slice(0, typed.length - word.length)
  const asked = /(\w+)\(\s*["']$/.exec(before)?.[1]
  const offer = (labels: readonly string[], from = typed.length - word.length): Completion => ({
    from,
    options: labels.map((label) => ({ label, kind: 'name' })),
  })
  if (asked === 'did' || asked === 'count' || asked === 'daysSince') return offer(names?.activityTypes ?? [])
  if (asked === 'opened' || asked === 'clicked') return offer(names?.emails ?? [])
  if (asked === 'stageAtLeast' || /\bstage\s*[!=]=\s*["']$/.test(before)) return offer(stages)
  if (/\bband\s*[!=]=\s*["']$/.test(before)) return offer(names?.bands ?? [])
  if (word.startsWith('lead.'))
    return offer(names?.attributes ?? [], typed.length - word.length + 'lead.'.length)
  if (/["']$/.test(before)) return undefined
  return {
    from: typed.length - word.length,
    options: [
      ...conditionWords.map(({ label, insert }): Option => ({ label, insert, kind: 'function' })),
      ...(names?.attributes ?? []).map((name): Option => ({ label: `lead.${name}`, kind: 'name' })),
    ],
  }
}

/** What may stand at the end of `before`. @returns undefined where nothing is known. */
export const completeYaml = (before: string, known: Knowledge): Completion | undefined => {
  const { schema, names } = known
  if (!schema || /(^|\s)#[^\n]*$/.test(before.split('\n').at(-1) ?? '')) return undefined
  const place = placeIn(before)
  const schemas = schemasAt(schema, place.path)
  const from = before.length - place.typed.length
  if (place.kind === 'key') {
    const keys = keysOf(schemas, place.siblings)
    // An entry of a list may be a value of its own.
    const options = keys.length > 0 ? keys : valuesOf(schemas, names)
    return options.length > 0 ? { from, options } : undefined
  }
  if (schemas.some((one) => one['x-names'] === 'condition')) {
    const found = completeCondition(place.typed, known)
    return found && { ...found, from: from + found.from }
  }
  const options = valuesOf(schemas, names)
  return options.length > 0 ? { from, options } : undefined
}

/** Variables of an email, behind `{{`. */
export const completeLiquid = (before: string, { names }: Knowledge): Completion | undefined => {
  const typed = /\{[{%][^}%]*?([\w.]*)$/.exec(before)?.[1]
  if (typed === undefined) return undefined
  const labels = [
    ...(names?.attributes ?? []).map((name) => `lead.${name}`),
    ...['unsubscribe', 'preferences', 'confirm', 'accept', 'reject', 'console'].map(
      (name) => `links.${name}`,
    ),
    ...['name', 'address', 'imprint'].map((name) => `company.${name}`),
    ...['variant', 'reason'].map((name) => `email.${name}`),
  ]
  return {
    from: before.length - typed.length,
    options: labels.map((label) => ({ label, kind: 'name' })),
  }
}

const kinds = [
  [/^forms\//, 'form'],
  [/^sequences\//, 'sequence'],
  [/^segments\//, 'segment'],
  [/^hooks\//, 'hook'],
  [/^emails\//, 'front-matter'],
] as const

/** The name of the schema of a file. */
export const schemaOf = (path: string): string =>
  `${kinds.find(([pattern]) => pattern.test(path))?.[1] ?? path.replace(/\.ya?ml$/, '')}.json`
