/**
 * Everything that SQS does not take: what XML 1.0 has no place for.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const REFUSED = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u

export const REFUSED_MESSAGE =
  'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF'

export function isRefused(text: string): boolean {
  return REFUSED.test(text)
}

/** JSON that says the same in characters that SQS takes: those it refuses can only stand within strings. */
export function escapeRefused(json: string): string {
  if (!isRefused(json)) return json
  return json.replaceAll(
    new RegExp(REFUSED, 'gu'),
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** As much of a text as fits into so many bytes of UTF-8. */
export function firstBytes(text: string, limit: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= limit) return text
  return new TextDecoder().decode(bytes.subarray(0, Math.max(0, limit)), { stream: true })
}
