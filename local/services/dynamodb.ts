import type { Need } from '../access/guard.ts'
import type { DynamoDbEngine } from '../engines/dynamodb-engine.ts'
import { type Insert, insertsOf } from '../engines/insert-statements.ts'
import { type Operation, readTarget, refuseJson, type Service } from '../gateway/gateway.ts'
import { type Json, type JsonObject, objectOf, objectsOf, textOf } from '../json.ts'
import { arnOf } from '../template/intrinsics.ts'

/**
 * The partition key values a request touches, for policies with a condition on `dynamodb:LeadingKeys`;
 * undefined where the operation has none (Scan). `input`: of a batch, `requests` for the one table. `key`: the
 * partition key of the table, or of the index that is queried.
 */
export function leadingKeys(operation: string, input: JsonObject, key: string): string[] | undefined {
  switch (operation) {
    case 'PutItem':
      return attributeValue(objectOf(input.Item)[key])
    case 'GetItem':
    case 'UpdateItem':
    case 'DeleteItem':
      return attributeValue(objectOf(input.Key)[key])
    case 'BatchGetItem':
      return objectsOf(objectOf(input.requests).Keys).flatMap((item) => attributeValue(item[key]) ?? [])
    case 'BatchWriteItem':
      return objectsOf(input.requests).flatMap(({ PutRequest, DeleteRequest }) => {
        const item = objectOf(objectOf(PutRequest).Item ?? objectOf(DeleteRequest).Key)
        return attributeValue(item[key]) ?? []
      })
    case 'Query':
      return queriedKey(input, key)
    default:
      return undefined
  }
}

function queriedKey(input: JsonObject, key: string): string[] | undefined {
  const expression = textOf(input.KeyConditionExpression) ?? ''
  const names = objectOf(input.ExpressionAttributeNames)
  for (const [, name = '', value = ''] of expression.matchAll(/([#\w]+)\s*=\s*(:\w+)/g)) {
    if (name === key || names[name] === key)
      return attributeValue(objectOf(input.ExpressionAttributeValues)[value])
  }
  return undefined
}

function attributeValue(attribute: Json | undefined): string[] | undefined {
  const { S, N, B } = objectOf(attribute)
  const text = textOf(S ?? N ?? B)
  return text === undefined ? undefined : [text]
}

/** DynamoDB: checks per table and index, then hands over to the engine. `keys`: partition key by table name. */
export function dynamoDbService(engine: DynamoDbEngine, keys: ReadonlyMap<string, string>): Service {
  return {
    read: readTarget,
    needs: (operation) => needs(operation, keys),
    invoke: async ({ name, input }) => {
      const answer = await engine.call(name, withPlainNames(input))
      return { ...answer, headers: { 'content-type': 'application/x-amz-json-1.0' } }
    },
    refuse: refuseJson,
  }
}

function needs({ name, input }: Operation, keys: ReadonlyMap<string, string>): Need[] {
  if (name === 'BatchExecuteStatement') return insertNeeds(insertsOf(input), keys)
  const action = `dynamodb:${name}`
  if (name === 'ListTables') return [{ action, resource: '*' }]
  const need = (table: string, index: string | undefined, request: JsonObject): Need => {
    const arn = tableArn(table)
    const resource = index ? `${arn}/index/${index}` : arn
    const key = keys.get(resource.slice(resource.indexOf('/') + 1))
    const found = key === undefined ? undefined : leadingKeys(name, request, key)
    return { action, resource, ...(found && { context: { 'dynamodb:LeadingKeys': found } }) }
  }
  if (name === 'BatchGetItem' || name === 'BatchWriteItem') {
    return Object.entries(objectOf(input.RequestItems)).map(([table, requests]) =>
      need(table, undefined, { requests }),
    )
  }
  return [need(textOf(input.TableName) ?? textOf(input.ResourceArn) ?? '', textOf(input.IndexName), input)]
}

/** What runs a statement has no name among the permissions: each kind of statement has one. */
function insertNeeds(inserts: readonly Insert[], keys: ReadonlyMap<string, string>): Need[] {
  return [...Map.groupBy(inserts, ({ table }) => table)].map(([table, own]) => {
    const key = keys.get(table) ?? ''
    const found = own.flatMap(({ item }) => attributeValue(item?.[key]) ?? [])
    return {
      action: 'dynamodb:PartiQLInsert',
      resource: tableArn(table),
      context: { 'dynamodb:LeadingKeys': found },
    }
  })
}

function tableArn(nameOrArn: string): string {
  return nameOrArn.startsWith('arn:') ? nameOrArn : arnOf('dynamodb', `table/${nameOrArn}`)
}

/** A table may be given by its ARN, which the engine does not know. */
function withPlainNames(input: JsonObject): JsonObject {
  const table = textOf(input.TableName)
  if (!table?.startsWith('arn:')) return input
  const changed: Record<string, Json | undefined> = {
    ...input,
    TableName: table.slice(table.indexOf('/') + 1),
  }
  return changed
}
