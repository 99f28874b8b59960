import type { DynamoDbEngine } from './engines/dynamodb-engine.ts'
import { type Json, type JsonObject, objectOf, objectsOf, parseObject, textOf } from './json.ts'
import type { Resource } from './template/model.ts'

const MEMBERS = ['AttributeDefinitions', 'KeySchema', 'LocalSecondaryIndexes'] as const

/**
 * Creates the tables that are not there yet; answers the partition key of each by name, and of their indexes by
 * `table/index/name`.
 * @throws Error where a kept table has other keys or indexes than the template's
 */
export async function startTables(
  tables: readonly Resource[],
  engine: DynamoDbEngine,
): Promise<Map<string, string>> {
  const keys = new Map<string, string>()
  for (const table of tables) {
    const wanted = definition(table)
    keys.set(table.name, hashKeyOf(wanted))
    for (const index of [wanted.GlobalSecondaryIndexes, wanted.LocalSecondaryIndexes].flatMap(objectsOf)) {
      keys.set(`${table.name}/index/${textOf(index.IndexName)}`, hashKeyOf(index))
    }
    const existing = await engine.call('DescribeTable', { TableName: table.name })
    if (existing.status === 200) {
      checkSame(table, wanted, objectOf(parseObject(existing.body).Table))
      continue
    }
    const created = await engine.call('CreateTable', wanted)
    if (created.status !== 200) throw new Error(`${table.stack}/${table.logicalId}: ${created.body}`)
    await untilActive(table.name, engine)
  }
  return keys
}

function hashKeyOf({ KeySchema }: JsonObject): string {
  const hash = objectsOf(KeySchema).find(({ KeyType }) => KeyType === 'HASH')
  return textOf(hash?.AttributeName) ?? ''
}

function definition({ name, properties }: Resource): JsonObject {
  const wanted: Record<string, Json> = { TableName: name, BillingMode: 'PAY_PER_REQUEST' }
  for (const member of MEMBERS) {
    const value = properties[member]
    if (value !== undefined) wanted[member] = value
  }
  const indexes = objectsOf(properties.GlobalSecondaryIndexes).map(
    ({ IndexName, KeySchema, Projection }) => ({
      IndexName,
      KeySchema,
      Projection,
    }),
  )
  if (indexes.length > 0) wanted.GlobalSecondaryIndexes = indexes
  return wanted
}

function checkSame(table: Resource, wanted: JsonObject, existing: JsonObject): void {
  if (shape(wanted) === shape(existing)) return
  throw new Error(
    `the kept table ${table.name} has other keys or indexes than ${table.stack}/${table.logicalId} asks for; ` +
      'start with --fresh, or with another --data folder',
  )
}

function shape(table: JsonObject): string {
  const index = ({ IndexName, KeySchema, Projection }: JsonObject) => [
    textOf(IndexName),
    keyOf(KeySchema),
    textOf(objectOf(Projection).ProjectionType),
  ]
  const byName = (indexes: Json | undefined) => objectsOf(indexes).map(index).sort()
  return JSON.stringify([
    keyOf(table.KeySchema),
    byName(table.GlobalSecondaryIndexes),
    byName(table.LocalSecondaryIndexes),
  ])
}

function keyOf(schema: Json | undefined): string[] {
  return objectsOf(schema).map(({ AttributeName, KeyType }) => `${textOf(KeyType)}:${textOf(AttributeName)}`)
}

async function untilActive(name: string, engine: DynamoDbEngine): Promise<void> {
  for (;;) {
    const { body } = await engine.call('DescribeTable', { TableName: name })
    if (objectOf(parseObject(body).Table).TableStatus === 'ACTIVE') return
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
