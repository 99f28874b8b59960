import { z } from 'zod'
import { workIdsOf } from '../../functions/queue/handle-batch.ts'

/** A queue of the stack that messages are worked from, and what they are given up to. */
export interface WorkQueue {
  readonly name: string
  readonly arn: string
  readonly url: string
  readonly deadLetters: { readonly name: string; readonly arn: string; readonly url: string }
}

/** A message as SQS hands it out of a queue of dead letters. */
export interface Received {
  readonly messageId: string
  readonly body: string
  /** RFC 3339. */
  readonly sentAt: string
  /** By name: what SQS itself says of it, and what EventBridge or Scheduler wrote on it. */
  readonly attributes: Readonly<Record<string, string>>
}

/**
 * How it became one. `given-up`: the function failed over it too often, and SQS moved it; `undelivered event`: a rule could
 * not put it on its queue; `undelivered wait`: Scheduler could not.
 */
type Kind = 'given-up' | 'undelivered event' | 'undelivered wait'

export interface Letter {
  readonly messageId: string
  readonly kind: Kind
  readonly sentAt: string
  /** Whose queue of dead letters it lies in. */
  readonly from: WorkQueue
  /** Where it belongs, and what has to stand there. */
  readonly to: WorkQueue
  readonly body: string
  /** Ids alone, no personal data. */
  readonly ids: Readonly<Record<string, string>>
  /** Whether a function can make anything of it. */
  readonly isReadable: boolean
  readonly reason: string
}

/** EventBridge and Scheduler write these on what they could not deliver. */
const source = { rule: 'RULE_ARN', schedule: 'SCHEDULE_ARN', target: 'TARGET_ARN' } as const

const kindOf = ({ attributes }: Received): Kind => {
  if (attributes[source.schedule] !== undefined) return 'undelivered wait'
  return attributes[source.rule] === undefined && attributes[source.target] === undefined
    ? 'given-up'
    : 'undelivered event'
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Scheduler's own call of SQS, where a schedule names the operation in place of the queue. */
const callSchema = z.strictObject({ QueueUrl: z.string(), MessageBody: z.string() })

/** An address in what went wrong would be somebody's. */
const withoutAddresses = (text: string): string => text.replaceAll(/[^\s"'<>,;]+@[^\s"'<>,;]+/g, '…')

/**
 * Places a dead letter: at the queue that EventBridge or Scheduler had it for, else at the one that SQS took it from. Each queue
 * of dead letters serves one queue, where it belongs if the one it was for is gone.
 * @param reason why its function failed over it, where that is known
 */
export const readLetter = (
  message: Received,
  from: WorkQueue,
  queues: readonly WorkQueue[],
  reason: string | undefined,
): Letter => {
  const { attributes } = message
  const call = callSchema.safeParse(parsed(message.body)).data
  const target = attributes[source.target] ?? attributes.DeadLetterQueueSourceArn
  const to = queues.find(({ arn, url }) => arn === target || url === call?.QueueUrl) ?? from
  const body = call?.MessageBody ?? message.body
  const content = parsed(body)
  const written = [attributes.ERROR_CODE, attributes.ERROR_MESSAGE].filter((part) => part !== undefined)
  return {
    messageId: message.messageId,
    kind: kindOf(message),
    sentAt: message.sentAt,
    from,
    to,
    body,
    ids: { ...workIdsOf(content) },
    isReadable: typeof content === 'object' && content !== null,
    reason: withoutAddresses(
      written.join(': ') || reason || `the log of its function has the reason under ${message.messageId}`,
    ),
  }
}

/** What a queue is called in the stack: `RecordWork` of `TrichterApp-RecordWorkQueue1A2B3C4D-5e6f`. */
export const shortName = (queue: { readonly name: string }): string =>
  /(\w+?)(?:Queue|DeadLetters)[0-9A-F]{8}/.exec(queue.name)?.[1] ?? queue.name

const happened: Readonly<Record<Kind, (letter: Letter) => string>> = {
  'given-up': ({ from }) => `was given up by the function that works from ${shortName(from)}`,
  'undelivered event': ({ to }) => `could not be put on ${shortName(to)} by EventBridge`,
  'undelivered wait': ({ to }) => `fell due and could not be put on ${shortName(to)} by Scheduler`,
}

/** What it was, why it failed, and what redriving will do: ids, no personal data. */
export const describeLetter = (letter: Letter): string => {
  const { ids, kind, reason, to, isReadable } = letter
  const { work = 'without a type', ...others } = ids
  const about = Object.entries(others).map(([name, value]) => `${name} ${value}`)
  const what = isReadable
    ? `The message ${work}${about.length > 0 ? ` (${about.join(', ')})` : ''}`
    : 'A message'
  const next = isReadable
    ? `Redriving puts it on ${shortName(to)}: what of it was done already is not done again.`
    : 'It is no JSON, so that redriving fails again: discard it.'
  return `${what} ${happened[kind](letter)}: ${reason.replace(/\.$/, '')}. ${next}`
}
