import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { z } from 'zod'
import type { Deployment } from '../deployment.ts'
import { type Letter, type Received, readLetter, type WorkQueue } from './letter.ts'

/** A letter in our hands: nobody else gets it for so many seconds. */
const heldFor = 300
const atOnce = 10
/** Letters of one queue in our hands at a time: who only looks sees no more of them. */
export const mostHeld = 1_000

interface Held extends Letter {
  readonly handle: string
}

const policySchema = z.object({ deadLetterTargetArn: z.string() })

interface Attributes {
  readonly url: string
  readonly arn: string
  readonly deadLettersArn: string | undefined
}

const attributesOf = async (client: SQSClient, url: string): Promise<Attributes> => {
  const AttributeNames = ['QueueArn', 'RedrivePolicy'] as const
  const { Attributes = {} } = await client.send(
    new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...AttributeNames] }),
  )
  const { QueueArn: arn = '', RedrivePolicy: policy } = Attributes
  return { url, arn, deadLettersArn: policy && policySchema.parse(JSON.parse(policy)).deadLetterTargetArn }
}

const named = ({ url, arn }: Attributes) => ({ url, arn, name: arn.split(':').at(-1) ?? arn })

/** Every queue of the stack that gives messages up, by what it says of itself: a new one is among them. */
const findWorkQueues = async (client: SQSClient, urls: readonly string[]): Promise<readonly WorkQueue[]> => {
  const all = await Promise.all(urls.map((url) => attributesOf(client, url)))
  return all
    .flatMap((queue) => {
      const deadLetters = all.find(({ arn }) => arn === queue.deadLettersArn)
      return deadLetters ? [{ ...named(queue), deadLetters: named(deadLetters) }] : []
    })
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
}

const received = async (client: SQSClient, url: string) => {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: atOnce,
      VisibilityTimeout: heldFor,
      // Asks all of SQS' machines, and so tells of a few messages, too.
      WaitTimeSeconds: 1,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
    }),
  )
  return Messages.map(({ MessageId = '', ReceiptHandle = '', Body = '', Attributes, MessageAttributes }) => {
    const written = Object.entries(MessageAttributes ?? {}).map(([name, value]) => [
      name,
      value.StringValue ?? '',
    ])
    const message: Received = {
      messageId: MessageId,
      body: Body,
      sentAt: new Date(Number(Attributes?.SentTimestamp)).toISOString(),
      attributes: { ...Attributes, ...Object.fromEntries(written) },
    }
    return { message, handle: ReceiptHandle }
  })
}

const inTens = async <Item>(
  items: readonly Item[],
  task: (item: Item) => Promise<unknown>,
): Promise<void> => {
  for (let from = 0; from < items.length; from += atOnce)
    await Promise.all(items.slice(from, from + atOnce).map(task))
}

export type DeadLetterQueues = Awaited<ReturnType<typeof openDeadLetters>>

/** The dead letters of what is deployed. What is taken in hand and neither redriven nor discarded is put back. */
export const openDeadLetters = async ({ config, queueUrls, whyFailed }: Deployment) => {
  const client = new SQSClient(config)
  const queues = await findWorkQueues(client, await queueUrls())
  return {
    queues,
    /** @param before those that came later, by RFC 3339, are left: what has just been redriven and failed again is not redriven on and on. */
    take: async (queue: WorkQueue, before: string): Promise<readonly Held[]> => {
      const held: Held[] = []
      const later: string[] = []
      while (held.length < mostHeld) {
        const messages = await received(client, queue.deadLetters.url)
        if (messages.length === 0) break
        for (const { message, handle } of messages)
          if (message.sentAt > before) later.push(handle)
          else {
            const reason = await whyFailed(queue.deadLetters.name, message.body)
            held.push({ ...readLetter(message, queue, queues, reason), handle })
          }
      }
      await inTens(later, (handle) => release(client, queue, handle))
      return held
    },
    /** Puts it where it belongs, and takes it out only then: who dies in between leaves it in both, and repeats do no harm. */
    redrive: async ({ from, to, body, handle }: Held): Promise<void> => {
      await client.send(new SendMessageCommand({ QueueUrl: to.url, MessageBody: body }))
      await client.send(new DeleteMessageCommand({ QueueUrl: from.deadLetters.url, ReceiptHandle: handle }))
    },
    discard: async ({ from, handle }: Held): Promise<void> => {
      await client.send(new DeleteMessageCommand({ QueueUrl: from.deadLetters.url, ReceiptHandle: handle }))
    },
    putBack: (letters: readonly Held[]): Promise<void> =>
      inTens(letters, ({ from, handle }) => release(client, from, handle)),
    inTens,
  }
}

const release = (client: SQSClient, { deadLetters }: WorkQueue, ReceiptHandle: string) =>
  client.send(
    new ChangeMessageVisibilityCommand({ QueueUrl: deadLetters.url, ReceiptHandle, VisibilityTimeout: 0 }),
  )
