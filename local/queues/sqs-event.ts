import type { FauxQueue } from '../engines/fauxqs.ts'
import { isObject, type Json, objectsOf, parseJson, textOf } from '../json.ts'
import type { InvocationResult } from '../lambda/invocation.ts'
import { describeError } from '../lambda/invocation.ts'
import { ACCOUNT, REGION } from '../template/place.ts'
import type { Failures, Taken } from './batch.ts'
import { loggedReason } from './logged-reason.ts'

const UNEXPLAINED = 'the function reported the item as failed and logged no error with its message id'

/** The event Lambda makes of a batch, as JSON. @see https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html */
export function sqsEvent(queue: FauxQueue, batch: readonly Taken[]): string {
  return JSON.stringify({ Records: batch.map((taken) => record(queue, taken)) })
}

function record(queue: FauxQueue, { message, receiptHandle }: Taken): object {
  const optional = (name: string, value: string | undefined) => (value === undefined ? {} : { [name]: value })
  return {
    messageId: message.messageId,
    receiptHandle,
    body: message.body,
    attributes: {
      ApproximateReceiveCount: String(message.approximateReceiveCount),
      SentTimestamp: String(message.sentTimestamp),
      SenderId: ACCOUNT,
      ApproximateFirstReceiveTimestamp: String(
        message.approximateFirstReceiveTimestamp ?? message.sentTimestamp,
      ),
      ...optional('MessageGroupId', message.messageGroupId),
      ...optional('MessageDeduplicationId', message.messageDeduplicationId),
      ...optional('SequenceNumber', message.sequenceNumber),
    },
    messageAttributes: Object.fromEntries(
      Object.entries(message.messageAttributes).map(([name, { DataType, StringValue, BinaryValue }]) => [
        name,
        {
          ...optional('stringValue', StringValue),
          ...optional('binaryValue', BinaryValue),
          stringListValues: [],
          binaryListValues: [],
          dataType: DataType,
        },
      ]),
    ),
    md5OfBody: message.md5OfBody,
    eventSource: 'aws:sqs',
    eventSourceARN: queue.arn,
    awsRegion: REGION,
  }
}

/**
 * Which messages of the batch failed. An error fails all. With partial responses, one that names an unknown or
 * empty id, or is malformed, fails all as well.
 */
export function failuresOf(batch: readonly Taken[], result: InvocationResult, partial: boolean): Failures {
  const all = (reason: string) => new Map(batch.map(({ message }) => [message.messageId, reason]))
  if (result.status === 'error') return all(describeError(result.error))
  if (!partial) return new Map()
  const answer: Json = parseJson(result.payload)
  if (!isObject(answer) || answer.batchItemFailures === undefined || answer.batchItemFailures === null)
    return new Map()
  const ids = objectsOf(answer.batchItemFailures).map((failure) => textOf(failure.itemIdentifier))
  const known = new Set(batch.map(({ message }) => message.messageId))
  const failures = new Map<string, string>()
  for (const id of ids) {
    if (id === undefined || !known.has(id)) return all('the function named an unknown itemIdentifier')
    failures.set(id, loggedReason(result.errorLines, id) ?? UNEXPLAINED)
  }
  return failures
}
