import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { JsonObject } from '../../domain/model/json.ts'
import type { DeadLetters } from '../erasure-ports.ts'
import { Transient } from '../ports.ts'
import type { CountDeadLetters } from '../settings-ports.ts'

/** Puts messages on one queue. @returns a function that resolves once SQS has the message; `delay` is in seconds, at most 900. */
export const queueOf =
  (client: SQSClient, queueUrl: string) =>
  async (message: JsonObject, delay = 0): Promise<void> => {
    await client.send(
      new SendMessageCommand({
        QueueUrl: queueUrl,
        MessageBody: JSON.stringify(message),
        ...(delay > 0 && { DelaySeconds: delay }),
      }),
    )
  }

/** SQS's limits on one request. */
const batch = 10
const mostBytes = 256 * 1024

/** The same of many at once. @throws Transient where SQS does not take some of them. */
export const queueAllOf =
  (client: SQSClient, queueUrl: string) =>
  async (messages: readonly JsonObject[]): Promise<void> => {
    const bodies = messages.map((message) => JSON.stringify(message))
    for (let from = 0; from < bodies.length; ) {
      const some = withinRequest(bodies.slice(from, from + batch))
      from += some.length
      const Entries = some.map((MessageBody, index) => ({ Id: String(index), MessageBody }))
      const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }))
      if (Failed.length > 0)
        throw new Transient(`SQS did not take ${Failed.length} of ${some.length} messages`)
    }
  }

/** As many as one request holds, one at least. */
const withinRequest = (bodies: readonly string[]): readonly string[] => {
  let bytes = 0
  const end = bodies.findIndex((body, index) => {
    bytes += Buffer.byteLength(body)
    return index > 0 && bytes > mostBytes
  })
  return end === -1 ? bodies : bodies.slice(0, end)
}

/** What one pass looks at: some three seconds' work. */
const most = 2_000
/** Longer than a pass takes (seconds): each message is seen once. */
const hidden = 60

const jsonOf = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

const entriesOf = (messages: readonly Message[]) =>
  messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))

/** Looks through a queue of dead letters from one end to the other, and leaves it as it was but for what it deletes. */
export const sqsDeadLetters = (client: SQSClient, queueUrl: string): DeadLetters => {
  const remove = async (messages: readonly Message[]): Promise<void> => {
    if (messages.length === 0) return
    const { Failed = [] } = await client.send(
      new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entriesOf(messages) }),
    )
    if (Failed.length > 0) throw new Transient(`SQS left ${Failed.length} dead letters undeleted`)
  }

  /** They would come back by themselves, a little later. */
  const showAgain = async (messages: readonly Message[]): Promise<void> => {
    for (let from = 0; from < messages.length; from += batch) {
      const entries = entriesOf(messages.slice(from, from + batch))
      await client.send(
        new ChangeMessageVisibilityBatchCommand({
          QueueUrl: queueUrl,
          Entries: entries.map((entry) => ({ ...entry, VisibilityTimeout: 0 })),
        }),
      )
    }
  }

  return {
    sift: async (isTheirs) => {
      const others: Message[] = []
      try {
        for (let seen = 0; seen < most; ) {
          const { Messages = [] } = await client.send(
            new ReceiveMessageCommand({
              QueueUrl: queueUrl,
              MaxNumberOfMessages: batch,
              VisibilityTimeout: hidden,
            }),
          )
          if (Messages.length === 0) return
          seen += Messages.length
          const theirs = Map.groupBy(Messages, ({ Body = '' }) => isTheirs(jsonOf(Body)))
          others.push(...(theirs.get(false) ?? []))
          await remove(theirs.get(true) ?? [])
        }
      } finally {
        await showAgain(others)
      }
      throw new Transient(`more than ${most} dead letters wait: clear them, then this is tried again`)
    },
  }
}

/** How many dead letters wait for each worker. @param queues `worker=url`, parted by commas */
export const sqsDeadLetterCounts =
  (client: SQSClient, queues: string): CountDeadLetters =>
  () =>
    Promise.all(
      queues.split(',').map(async (one) => {
        const [worker = '', QueueUrl = ''] = one.split('=')
        const { Attributes } = await client.send(
          new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
        )
        const queue = QueueUrl.slice(QueueUrl.lastIndexOf('/') + 1)
        return { worker, queue, count: Number(Attributes?.ApproximateNumberOfMessages ?? 0) }
      }),
    )
