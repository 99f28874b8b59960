import { createRequire } from 'node:module'
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb'
import { table } from '../../../functions/table-schema.ts'

interface Server {
  listen(port: number, host: string, ready: () => void): void
  address(): { readonly port: number }
  close(done: () => void): void
}

const dynalite: (options: { createTableMs: number }) => Server = createRequire(import.meta.url)('dynalite')

export interface TestTable {
  readonly client: DynamoDBDocumentClient
  readonly tableName: string
  readonly endpoint: string
  stop(): Promise<void>
}

/** The one table, empty, in a DynamoDB of its own on a free port. */
export const startTable = async (): Promise<TestTable> => {
  const server = dynalite({ createTableMs: 0 })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${server.address().port}`
  const dynamo = new DynamoDBClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })
  const tableName = 'trichter'
  const { partitionKey, sortKey, lists } = table
  const names = [partitionKey, sortKey, lists.partitionKey, lists.sortKey]
  await dynamo.send(
    new CreateTableCommand({
      TableName: tableName,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      KeySchema: [
        { AttributeName: partitionKey, KeyType: 'HASH' },
        { AttributeName: sortKey, KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [
        {
          IndexName: lists.name,
          KeySchema: [
            { AttributeName: lists.partitionKey, KeyType: 'HASH' },
            { AttributeName: lists.sortKey, KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'KEYS_ONLY' },
        },
      ],
    }),
  )
  return {
    client: DynamoDBDocumentClient.from(dynamo, { marshallOptions: { removeUndefinedValues: true } }),
    tableName,
    endpoint,
    stop: async () => {
      dynamo.destroy()
      await new Promise<void>((resolve) => server.close(resolve))
    },
  }
}
