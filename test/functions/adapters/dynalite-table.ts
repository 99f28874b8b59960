import { CreateTableCommand, DescribeTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { table } from '../../../functions/table-schema.ts'
import { type DynamoDbEngine, startDynamoDb } from '../../../local/engines/dynamodb-engine.ts'

export interface TestTable {
  readonly client: DynamoDBClient
  readonly tableName: string
  stop(): Promise<void>
}

interface Asked {
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | Uint8Array
}

/** Calls the engine within this process: without sockets, signatures and a second parse, in half the time. */
const within = (engine: DynamoDbEngine) => ({
  handle: async ({ headers, body }: Asked) => {
    const operation = headers['x-amz-target']?.split('.')[1] ?? ''
    const text = typeof body === 'string' ? body : new TextDecoder().decode(body)
    const answer = await engine.call(operation, JSON.parse(text))
    return { response: { statusCode: answer.status, headers: {}, body: Buffer.from(answer.body) } }
  },
  updateHttpClientConfig: () => {},
  httpHandlerConfigs: () => ({}),
})

/** The one table, empty, in the DynamoDB that `dynamo` reaches. */
export const createTable = async (dynamo: DynamoDBClient, close: () => Promise<void>): Promise<TestTable> => {
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
  const isActive = async () =>
    (await dynamo.send(new DescribeTableCommand({ TableName: tableName }))).Table?.TableStatus === 'ACTIVE'
  while (!(await isActive())) await new Promise(setImmediate)
  return {
    client: dynamo,
    tableName,
    stop: async () => {
      dynamo.destroy()
      await close()
    },
  }
}

/** A table in a DynamoDB of its own. */
export const startTable = async (): Promise<TestTable> => {
  const engine = await startDynamoDb(undefined)
  const dynamo = new DynamoDBClient({
    endpoint: 'http://dynamodb.test',
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    requestHandler: within(engine),
    signer: { sign: async (request) => request },
  })
  return createTable(dynamo, () => engine.close())
}
