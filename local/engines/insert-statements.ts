import { AwsError } from '../aws-error.ts'
import { type JsonObject, objectOf, objectsOf, parseObject, textOf } from '../json.ts'

/** One statement of a batch. */
export interface Insert {
  readonly table: string
  /** Undefined where there are not as many parameters as the statement has places for them. */
  readonly item: JsonObject | undefined
}

interface Shape {
  readonly table: string
  /** Of the attributes, in the order of the parameters. */
  readonly names: readonly string[]
}

const INSERT = /^\s*INSERT\s+INTO\s+(?:"([\w.-]+)"|(\w+))\s+VALUE\s*\{(.*)\}\s*;?\s*$/is
const ATTRIBUTE = /\s*'((?:[^']|'')+)'\s*:\s*\?\s*(,|$)/suy

/** Statements that differ in parameters alone are read once. */
const shapes = new Map<string, Shape>()
const mostKnown = 1_000

const mostStatements = 25
const longest = 8_192

function invalid(message: string): AwsError {
  return new AwsError('ValidationException', message)
}

function unread(statement: string): AwsError {
  return invalid(
    `The local runner knows only INSERT INTO "table" VALUE {'name': ?, …}, with a parameter for each value: ${statement.slice(0, 100)}`,
  )
}

function shapeOf(statement: string): Shape {
  const known = shapes.get(statement)
  if (known) return known
  if (statement.length > longest) throw invalid(`Member must have length less than or equal to ${longest}`)
  const [, quoted, plain, attributes = ''] = INSERT.exec(statement) ?? []
  const table = quoted ?? plain
  if (table === undefined) throw unread(statement)
  const names: string[] = []
  for (let at = 0, more = ','; more === ','; ) {
    ATTRIBUTE.lastIndex = at
    const [read, name, next] = ATTRIBUTE.exec(attributes) ?? []
    if (read === undefined || name === undefined) throw unread(statement)
    names.push(name.replaceAll("''", "'"))
    more = next ?? ''
    at += read.length
  }
  if (shapes.size === mostKnown) shapes.clear()
  const shape = { table, names }
  shapes.set(statement, shape)
  return shape
}

function insertOf({ Statement, Parameters }: JsonObject): Insert {
  const { table, names } = shapeOf(textOf(Statement) ?? '')
  const values = objectsOf(Parameters)
  if (values.length !== names.length) return { table, item: undefined }
  return { table, item: Object.fromEntries(names.map((name, index) => [name, values[index] ?? null])) }
}

/**
 * What a BatchExecuteStatement is to write.
 * @throws AwsError ValidationException for more statements than a batch may have, and for any but INSERT
 */
export function insertsOf(input: JsonObject): readonly Insert[] {
  const statements = objectsOf(input.Statements)
  if (statements.length === 0) throw invalid('Member must have length greater than or equal to 1')
  if (statements.length > mostStatements)
    throw invalid(`Member must have length less than or equal to ${mostStatements}`)
  return statements.map(insertOf)
}

interface Answer {
  readonly status: number
  readonly body: string
}
type Call = (operation: string, input: JsonObject) => Promise<Answer>

/** What a statement answers where `PutItem` throws. */
const CODES: Readonly<Record<string, readonly [code: string, message?: string]>> = {
  ConditionalCheckFailedException: ['DuplicateItem', 'Duplicate primary key exists in table'],
  ResourceNotFoundException: ['ResourceNotFound'],
}

function errorIn({ body }: Answer) {
  const { __type, message } = parseObject(body)
  const name = textOf(__type)?.split('#').at(-1) ?? ''
  const [Code, Message = textOf(message) ?? ''] = CODES[name] ?? ['ValidationError']
  return { Code, Message }
}

/** Each statement is a `PutItem` where nothing may stand: it writes or fails by itself, and all answer in their order. */
export async function runInserts(call: Call, input: JsonObject): Promise<object> {
  const inserts = insertsOf(input)
  const keys = await keysOf(call, new Set(inserts.map(({ table }) => table)))
  const places = inserts.map(({ table, item = {} }) =>
    JSON.stringify([table, ...(keys.get(table) ?? []).map((name) => item[name])]),
  )
  if (new Set(places).size < places.length) throw invalid('Provided list of item keys contains duplicates')
  const run = async ({ table, item }: Insert) => {
    if (!item) {
      const Message = "Number of parameters in request and statement don't match."
      return { Error: { Code: 'ValidationError', Message } }
    }
    const [partition = ''] = keys.get(table) ?? []
    const Expected = { [partition]: { Exists: false } }
    const answer = await call('PutItem', { TableName: table, Item: item, Expected })
    return { ...(answer.status !== 200 && { Error: errorIn(answer) }), TableName: table }
  }
  return { Responses: await Promise.all(inserts.map(run)) }
}

/** The key attributes of each table that there is, the partition's first. */
async function keysOf(
  call: Call,
  tables: ReadonlySet<string>,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const described = await Promise.all(
    [...tables].map(async (table) => {
      const { body } = await call('DescribeTable', { TableName: table })
      const schema = objectsOf(objectOf(parseObject(body).Table).KeySchema)
      return [table, schema.flatMap(({ AttributeName }) => textOf(AttributeName) ?? [])] as const
    }),
  )
  return new Map(described)
}
