import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, expect, test } from 'vitest'
import { openDeadLetters } from '../../../bin/dead-letters/queues.ts'

const sqs = mockClient(SQSClient)
const arnOf = (name: string): string => `arn:aws:sqs:eu-central-1:123456789012:${name}`
const names = ['RecordQueue', 'RecordDead', 'NewQueue', 'NewDead']
const now = '2026-03-02T09:00:00.000Z'

beforeEach(() => {
  sqs.reset()
  for (const name of names) {
    const policy = { deadLetterTargetArn: arnOf(name.replace('Queue', 'Dead')), maxReceiveCount: 5 }
    sqs.on(GetQueueAttributesCommand, { QueueUrl: name }).resolves({
      Attributes: {
        QueueArn: arnOf(name),
        ...(name.endsWith('Queue') && { RedrivePolicy: JSON.stringify(policy) }),
      },
    })
  }
  sqs.on(ReceiveMessageCommand).resolves({})
})

const holds = (queue: string, ...sentAt: readonly string[]) =>
  sqs
    .on(ReceiveMessageCommand, { QueueUrl: queue })
    .resolvesOnce({
      Messages: sentAt.map((at, index) => ({
        MessageId: `m-${index}`,
        ReceiptHandle: `h-${index}`,
        Body: '{"type":"wake"}',
        Attributes: { SentTimestamp: String(Date.parse(at)) },
      })),
    })
    .resolves({})

const open = () =>
  openDeadLetters({
    config: { region: 'eu-central-1' },
    output: () => '',
    queueUrls: async () => names,
    whyFailed: async () => undefined,
    clock: () => now,
  })

const taken = async () => {
  const queues = await open()
  const [, record] = queues.queues
  if (!record) throw new Error('no queue')
  return { queues, letters: await queues.take(record, now) }
}

test('every queue that gives up is found by what it says of itself, a new one too', async () => {
  const { queues } = await open()
  expect(queues.map(({ name, deadLetters }) => [name, deadLetters.name])).toEqual([
    ['NewQueue', 'NewDead'],
    ['RecordQueue', 'RecordDead'],
  ])
})

test('a letter is taken out once it stands where it belongs', async () => {
  holds('RecordDead', '2026-03-01T00:00:00.000Z')
  const { queues, letters } = await taken()
  for (const letter of letters) await queues.redrive(letter)
  const order = sqs
    .calls()
    .map(({ args: [command] }) => command)
    .filter((command) => command instanceof SendMessageCommand || command instanceof DeleteMessageCommand)
    .map(({ input }) => input)
  expect(order).toEqual([
    { QueueUrl: 'RecordQueue', MessageBody: '{"type":"wake"}' },
    { QueueUrl: 'RecordDead', ReceiptHandle: 'h-0' },
  ])
})

test('one that its queue does not take stays where it is', async () => {
  holds('RecordDead', '2026-03-01T00:00:00.000Z')
  sqs.on(SendMessageCommand).rejects(new Error('no such queue'))
  const { queues, letters } = await taken()
  await expect(Promise.all(letters.map(queues.redrive))).rejects.toThrow('no such queue')
  expect(sqs.commandCalls(DeleteMessageCommand)).toHaveLength(0)
})

test('what came after the beginning is put back at once: it may have been redriven and failed again', async () => {
  holds('RecordDead', '2026-03-01T00:00:00.000Z', '2026-03-02T09:00:01.000Z')
  const { letters } = await taken()
  expect(letters.map(({ messageId }) => messageId)).toEqual(['m-0'])
  expect(sqs.commandCalls(ChangeMessageVisibilityCommand).map(({ args: [{ input }] }) => input)).toEqual([
    { QueueUrl: 'RecordDead', ReceiptHandle: 'h-1', VisibilityTimeout: 0 },
  ])
})
