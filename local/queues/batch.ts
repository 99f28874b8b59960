import type { QueueMessage } from '../engines/fauxqs.ts'

export interface Taken {
  readonly message: QueueMessage
  readonly receiptHandle: string
}

/** The messages of a batch that failed, by message id, with the reason; all others are done. */
export type Failures = ReadonlyMap<string, string>
