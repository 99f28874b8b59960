import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { mockClient } from 'aws-sdk-client-mock'
import { beforeEach, expect, test } from 'vitest'
import { sqsDeadLetters } from '../../../functions/adapters/sqs.ts'
import { Transient } from '../../../functions/ports.ts'

const sqs = mockClient(SQSClient)
beforeEach(() => {
  sqs.reset()
})

const letters = (...bodies: readonly string[]) => ({
  Messages: bodies.map((Body) => ({ Body, ReceiptHandle: `handle of ${Body}` })),
})

const sift = () =>
  sqsDeadLetters(new SQSClient({}), 'https://sqs/dead').sift((body) => JSON.stringify(body).includes('anna'))

const handles = (
  command: typeof DeleteMessageBatchCommand | typeof ChangeMessageVisibilityBatchCommand,
): readonly unknown[] =>
  sqs
    .commandCalls(command as typeof DeleteMessageBatchCommand)
    .flatMap(({ args }) => args[0].input.Entries?.map(({ ReceiptHandle }) => ReceiptHandle) ?? [])

test('theirs are deleted, the others are to be seen again at once', async () => {
  sqs
    .on(ReceiveMessageCommand)
    .resolvesOnce(letters('{"name":"anna"}', '{"name":"carl"}'))
    .resolvesOnce(letters('no JSON, but anna', 'no JSON'))
    .resolves({})
  sqs.on(DeleteMessageBatchCommand).resolves({ Successful: [], Failed: [] })
  await sift()
  expect(handles(DeleteMessageBatchCommand)).toEqual([
    'handle of {"name":"anna"}',
    'handle of no JSON, but anna',
  ])
  expect(handles(ChangeMessageVisibilityBatchCommand)).toEqual([
    'handle of {"name":"carl"}',
    'handle of no JSON',
  ])
})

test('what SQS did not delete is tried again by the message', async () => {
  sqs.on(ReceiveMessageCommand).resolvesOnce(letters('anna', 'carl')).resolves({})
  sqs.on(DeleteMessageBatchCommand).resolves({
    Successful: [],
    Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false }],
  })
  await expect(sift()).rejects.toThrow(Transient)
  expect(handles(ChangeMessageVisibilityBatchCommand)).toEqual(['handle of carl'])
})

test('a queue longer than one pass is not said to be done, and shows everything again', async () => {
  sqs
    .on(ReceiveMessageCommand)
    .resolves(letters(...Array.from({ length: 10 }, (_, index) => `carl ${index}`)))
  await expect(sift()).rejects.toThrow(Transient)
  expect(handles(ChangeMessageVisibilityBatchCommand)).toHaveLength(2_000)
})
