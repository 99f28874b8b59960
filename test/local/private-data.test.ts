import { chmodSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DeleteItemCommand, DynamoDBClient, PutItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb'
import {
  DeleteMessageCommand,
  ListQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { expect, it } from 'vitest'
import { type Fixture, runFixture } from './fixture/run-fixture.ts'
import { dataFolderFor } from './fixture/write-assembly.ts'

const filesOf = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name))

/** Files and folders that others than their owner may look into. */
const openToOthers = (folder: string): readonly string[] =>
  [folder, ...filesOf(folder)].filter((path) => (lstatSync(path).mode & 0o077) !== 0)

const holding = (folder: string, text: string): readonly string[] =>
  filesOf(folder).filter((path) => lstatSync(path).isFile() && readFileSync(path, 'latin1').includes(text))

const email = async (stack: Fixture, to: string) => {
  await stack.work({ id: to, action: 'mail', to })
  await stack.settle()
}

it('what is kept is its owner’s alone, and what was open before is closed', async () => {
  const data = dataFolderFor('open')
  mkdirSync(join(data, 'logs'), { recursive: true, mode: 0o755 })
  for (const name of ['inbox.jsonl', 'logs/old.log', 'clock.json.new']) writeFileSync(join(data, name), '')
  for (const path of [data, ...filesOf(data)]) chmodSync(path, 0o755)

  const stack = await runFixture({ data })
  await email(stack, 'grete@example.org')
  await stack.work({ id: 'poison', action: 'fail' })
  await stack.work({ id: 'waits', action: 'wait', ms: 3_600_000 })
  await stack.post('/_local/clock', { advance: '5m' })
  expect(openToOthers(data)).toEqual([])
  await stack.stop()
  expect(openToOthers(data)).toEqual([])
  expect(filesOf(data).length).toBeGreaterThan(10)
})

it('a folder in which somebody keeps something else stays as it is', async () => {
  const data = dataFolderFor('shared')
  mkdirSync(data, { recursive: true })
  chmodSync(data, 0o755)
  writeFileSync(join(data, 'notes.txt'), 'mine')
  chmodSync(join(data, 'notes.txt'), 0o644)
  const stack = await runFixture({ data })
  await stack.stop()
  expect(openToOthers(data).map((path) => path.replace(data, ''))).toEqual(['', '/notes.txt'])
})

/** Nothing in them repeats: LevelDB's compression leaves them whole. */
const marks = { deleted: 'Qj7xWv0RkZ', replaced: 'hT4mUcLs9B', received: 'yE2oNdGfA6', kept: 'pV8iKzXr3M' }

it('what was deleted, replaced or received is in no file after a restart', async () => {
  const data = dataFolderFor('erased')
  const first = await runFixture({ data })
  const table = String(Object((await first.get('/_local')).body).table)
  const dynamodb = new DynamoDBClient(first.client)
  const item = (pk: string, text: string) => ({ pk: { S: pk }, sk: { S: 'x' }, text: { S: text } })
  const put = (pk: string, text: string) =>
    dynamodb.send(new PutItemCommand({ TableName: table, Item: item(pk, text) }))
  await Promise.all([put('a', marks.deleted), put('b', marks.replaced), put('c', marks.kept)])
  await dynamodb.send(new DeleteItemCommand({ TableName: table, Key: { pk: { S: 'a' }, sk: { S: 'x' } } }))
  await put('b', 'tombstone')

  const sqs = new SQSClient(first.client)
  const { QueueUrls = [] } = await sqs.send(new ListQueuesCommand())
  const url = { QueueUrl: QueueUrls.find((name) => name.includes('Dead')) ?? '' }
  await sqs.send(new SendMessageCommand({ ...url, MessageBody: marks.received }))
  const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand(url))
  await sqs.send(new DeleteMessageCommand({ ...url, ReceiptHandle: message?.ReceiptHandle ?? '' }))
  await first.stop()

  const second = await runFixture({ data })
  const { kept, ...gone } = marks
  expect(holding(data, kept)).not.toEqual([])
  expect(Object.values(gone).flatMap((text) => holding(data, text))).toEqual([])
  await second.stop()
})

it('what was read before it was deleted is in no file either, as soon as the runner has ended', async () => {
  const data = dataFolderFor('read')
  const stack = await runFixture({ data })
  const TableName = String(Object((await stack.get('/_local')).body).table)
  const dynamodb = new DynamoDBClient(stack.client)
  const Key = { pk: { S: 'read' }, sk: { S: 'x' } }
  await dynamodb.send(new PutItemCommand({ TableName, Item: { ...Key, text: { S: marks.deleted } } }))
  const { Items = [] } = await dynamodb.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'read' } },
    }),
  )
  expect(Items).toHaveLength(1)
  await dynamodb.send(new DeleteItemCommand({ TableName, Key }))
  await stack.stop()
  expect(holding(data, marks.deleted)).toEqual([])
})
