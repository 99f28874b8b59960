import type { Need } from '../access/guard.ts'
import type { DynamoDbEngine } from '../engines/dynamodb-engine.ts'
import { type Operation, readTarget, refuseJson, type Service } from '../gateway/service.ts'
import { type Json, type JsonObject, objectOf, textOf } from '../json.ts'
import { arnOf } from '../template/place.ts'
import { leadingKeys } from './dynamodb-keys.ts'

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
