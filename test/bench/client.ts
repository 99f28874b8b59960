import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import { makeTableClient } from '../../functions/adapters/aws-clients.ts'
import { typed } from '../../functions/adapters/dynamo-items.ts'
import { quantile, type Row } from './table.ts'

/** Calls of a round; rounds of each client, in turns. */
const calls = 250
const rounds = 20

const config = {
  region: 'eu-central-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local', sessionToken: 'x'.repeat(400) },
  requestHandler: {
    handle: async () => ({ response: { statusCode: 200, headers: {}, body: Buffer.from('{}') } }),
  },
}

/** 4 KB. */
const item = Object.fromEntries(
  Array.from({ length: 40 }, (_, index) => [`attribute${index}`, { text: 'x'.repeat(60), number: index }]),
)

/** Microseconds of processor that one PutItem takes before it leaves and after it is answered. */
const measureRound = async (put: () => Promise<unknown>): Promise<number> => {
  const before = process.cpuUsage()
  for (let call = 0; call < calls; call += 1) await put()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / calls
}

/** Of a warm client, the functions' beside one as the SDK makes it. Whatever else the machine does makes rounds dearer: the fastest count. */
export const measureClient = async (): Promise<readonly Row[]> => {
  const bare = DynamoDBDocumentClient.from(new DynamoDBClient(config))
  const ours = makeTableClient(config)
  const puts = {
    bare: () => bare.send(new PutCommand({ TableName: 'bench', Item: item })),
    ours: () => ours.send(new PutItemCommand({ TableName: 'bench', Item: typed(item) })),
  }
  const measured = { bare: [] as number[], ours: [] as number[] }
  for (let round = 0; round < rounds; round += 1)
    for (const name of ['bare', 'ours'] as const) measured[name].push(await measureRound(puts[name]))
  const row = (name: keyof typeof puts): Row => ({
    what: `PutItem of 4 KB, ${name === 'bare' ? 'bare document client' : "the functions' client"}`,
    value: quantile(measured[name].slice(4), 0.1),
    unit: 'µs',
  })
  return [row('bare'), row('ours')]
}
