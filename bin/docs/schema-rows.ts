import type * as z from 'zod/mini'
import { duration, localized } from '../../domain/playbook/schema/common-schema.ts'
import { condition } from '../../domain/playbook/schema/scoring-schema.ts'
import { durationPattern } from '../../domain/time/local-time.ts'
import type { Row } from './page.ts'

/** As far as the schemas of the playbook use it. */
type JsonSchema = Pick<
  z.core.JSONSchema.BaseSchema,
  '$ref' | 'const' | 'enum' | 'description' | 'pattern' | 'required'
> & {
  readonly type?: string | readonly string[]
  readonly $defs?: Readonly<Record<string, JsonSchema>>
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly anyOf?: readonly JsonSchema[]
  readonly prefixItems?: readonly JsonSchema[]
  readonly items?: JsonSchema | boolean
  readonly additionalProperties?: JsonSchema | boolean
  readonly propertyNames?: JsonSchema
}

interface Key {
  readonly path: string
  readonly schema: JsonSchema
  readonly required: boolean
  /** The object that it is a key of. */
  readonly owner: { readonly path: string; readonly text: string }
}

const conditionWords = condition(() => []).description
/** What says of a kind of value what it is, and nothing of the key. */
const general = [duration.description, localized.description, conditionWords]

const textOf = ({ properties }: JsonSchema): string => JSON.stringify(properties)
const itemOf = ({ items, prefixItems }: JsonSchema): JsonSchema =>
  typeof items === 'object' ? items : (prefixItems?.[0] ?? {})
const either = (texts: readonly string[]): string =>
  [...new Set(texts.filter((text) => text !== ''))].join(' or ')

const primitives = new Map([
  ['string', 'text'],
  ['boolean', '`true`, `false`'],
  ['integer', 'number'],
])

/**
 * What stands at a key, in a word or two; empty where keys of its own follow.
 * @param first where objects of one kind are explained
 */
const shownValue = (schema: JsonSchema, path: string, first: ReadonlyMap<string, string>): string => {
  const { type, anyOf, additionalProperties: each, properties } = schema
  if (schema.pattern === durationPattern.source) return 'duration'
  if (schema.description === conditionWords) return 'condition'
  if (schema.const !== undefined) return `\`${schema.const}\``
  if (schema.enum) return schema.enum.map((one) => `\`${one}\``).join(', ')
  if (anyOf) return either(anyOf.map((one) => shownValue(one, path, first)))
  if (type === 'array')
    return `list of ${shownValue(itemOf(schema), `${path}[]`, first)}`.replace(/ of (?=as in|$)/, ' ').trim()
  if (properties) {
    const like = first.get(textOf(schema))
    return like === path.replace(/\[\]$/, '') || like === path ? '' : `as in \`${like}\``
  }
  if (typeof each === 'object') {
    const by = schema.propertyNames?.pattern || each.type !== 'string' ? 'by name' : 'by language'
    return `${shownValue(each, `${path}.NAME`, first)} ${by}`.trim()
  }
  return either([type ?? ''].flat().map((one) => primitives.get(one) ?? one))
}

/** The keys of a file, from the outside in. @param refs what it is in already: steps hold steps */
const keysOf = (
  root: JsonSchema,
  schema: JsonSchema,
  path: string,
  refs: readonly string[],
): readonly Key[] => {
  const { $ref, properties = {}, required = [], additionalProperties: each } = schema
  const within = (child: JsonSchema, at: string) => keysOf(root, child, at, $ref ? [...refs, $ref] : refs)
  if ($ref !== undefined)
    return refs.includes($ref) ? [] : within(root.$defs?.[$ref.split('/').at(-1) ?? ''] ?? {}, path)
  const owner = { path, text: textOf(schema) }
  return [
    ...Object.entries(properties).flatMap(([name, child]) => {
      const key = path === '' ? name : `${path}.${name}`
      return [{ path: key, schema: child, required: required.includes(name), owner }, ...within(child, key)]
    }),
    ...(schema.anyOf ?? []).flatMap((one) =>
      within(one, path).map((key) => ({ ...key, required: key.required && key.owner.path !== path })),
    ),
    ...(schema.type === 'array' ? within(itemOf(schema), `${path}[]`) : []),
    ...(typeof each === 'object' ? within(each, `${path}.NAME`) : []),
  ]
}

/** A row for each key of a file of the playbook; objects of one kind are explained once. */
export const schemaRows = (schema: JsonSchema): readonly Row[] => {
  const all = keysOf(schema, schema, '', [])
  const first = new Map(all.toReversed().map(({ owner }) => [owner.text, owner.path]))
  const explained = all.filter(({ owner }) => first.get(owner.text) === owner.path)
  return [...Map.groupBy(explained, ({ path }) => path)].map(([path, keys]) => {
    const value = either(keys.map((key) => shownValue(key.schema, path, first)))
    const required = keys.some((key) => key.required) ? 'required' : ''
    const words = new Set<string | undefined>(keys.flatMap(({ schema: { description = '' } }) => description))
    for (const one of ['', ...general]) words.delete(one)
    return {
      cells: [`\`${path}\``, [value, required].filter(Boolean).join(', ')],
      words: words.size > 0 ? [...words].join('. ') : undefined,
    }
  })
}
