import type { PutEventsRequestEntry } from '@aws-sdk/client-eventbridge'

/** Limits of one PutEvents request (EventBridge user guide, "PutEvents event entry size"). */
const maxEntries = 10
const maxBytes = 256 * 1024

const sizeOf = (entry: PutEventsRequestEntry): number =>
  [entry.Source, entry.DetailType, entry.Detail].reduce(
    (sum, text) => sum + Buffer.byteLength(text ?? ''),
    14,
  )

/** Splits entries, in their order, into requests that EventBridge accepts. */
export const chunkEntries = (
  entries: readonly PutEventsRequestEntry[],
): readonly (readonly PutEventsRequestEntry[])[] => {
  const chunks: PutEventsRequestEntry[][] = []
  let bytes = 0
  for (const entry of entries) {
    const size = sizeOf(entry)
    const current = chunks.at(-1)
    if (current === undefined || current.length === maxEntries || bytes + size > maxBytes) {
      chunks.push([entry])
      bytes = size
    } else {
      current.push(entry)
      bytes += size
    }
  }
  return chunks
}
