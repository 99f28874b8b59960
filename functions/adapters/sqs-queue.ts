import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'
import type { JsonObject } from '../../domain/json.ts'

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
