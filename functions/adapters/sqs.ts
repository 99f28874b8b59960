import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { JsonObject } from '../../domain/model/json.ts'
import type { DeadLetters } from '../erasure-ports.ts'
import { Transient } from '../ports.ts'

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

/** SQS's limit on one request. */
const batch = 10
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
