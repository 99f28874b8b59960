import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb'
import * as ours from '../../lib/bundle/aws/sdk.ts'
import { quantile, type Row } from './table.ts'

/** Calls of a round; rounds of each client, in turns. */
const calls = 250
const rounds = 20

/** 4 KB. */
const item = Object.fromEntries(
  Array.from({ length: 40 }, (_, index) => [`attribute${index}`, { text: 'x'.repeat(60), number: index }]),
)
const input = { TableName: 'bench', Item: item }

/** Answers each request with an empty object, in a thread whose time is not counted. */
const server = `const { createServer } = require('node:http')
const server = createServer((request, response) => request.resume().on('end', () => response.end('{}')))
server.listen(0, '127.0.0.1', () => require('node:worker_threads').parentPort.postMessage(server.address().port))`

/** Microseconds of processor that this thread spends on one PutItem, from the item to the answer. */
const measureRound = async (put: () => Promise<unknown>): Promise<number> => {
  const before = process.threadCpuUsage()
  for (let call = 0; call < calls; call += 1) await put()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / calls
}

/** Of a warm client over a kept connection, the bundles' beside the SDK's. Whatever else the machine does makes rounds dearer: the fastest count. */
export const measureClient = async (): Promise<readonly Row[]> => {
  const worker = new Worker(server, { eval: true })
  const [port] = await once(worker, 'message')
  const config = {
    region: 'eu-central-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local', sessionToken: 'x'.repeat(400) },
  }
  const bare = DynamoDBDocumentClient.from(new DynamoDBClient(config))
  const lean = new ours.DynamoDBClient(config)
  const puts = {
    bare: () => bare.send(new PutCommand(input)),
    ours: () => lean.send(new ours.PutCommand(input)),
  }
  const measured = { bare: [] as number[], ours: [] as number[] }
  for (let round = 0; round < rounds; round += 1)
    for (const name of ['bare', 'ours'] as const) measured[name].push(await measureRound(puts[name]))
  await worker.terminate()
  const row = (name: keyof typeof puts): Row => ({
    what: `PutItem of 4 KB, ${name === 'bare' ? "the SDK's client" : "the functions' client"}`,
    value: quantile(measured[name].slice(4), 0.1),
    unit: 'µs',
  })
  return [row('bare'), row('ours')]
}
