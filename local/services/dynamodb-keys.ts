import { type Json, type JsonObject, objectOf, objectsOf, textOf } from '../json.ts'

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
