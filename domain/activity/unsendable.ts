/**
 * What no queue takes: half a surrogate pair, U+FFFE and U+FFFF. People who copy out of a PDF send them without knowing.
 * @see https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
const unsendable = /[\p{Cs}\uFFFE\uFFFF]/u

export const unsendableMessage = 'must not hold half a character (a lone surrogate), U+FFFE or U+FFFF'

export const isSendable = (text: string): boolean => !unsendable.test(text)

/** The text without them. None of them can be seen, so whoever typed the text misses nothing. */
export const sendable = (text: string): string =>
  isSendable(text) ? text : text.replaceAll(new RegExp(unsendable, 'gu'), '')

/** For `JSON.parse` of what nobody could mend: texts come without what no queue takes. */
export const asSendable = (_key: string, value: unknown): unknown =>
  typeof value === 'string' ? sendable(value) : value
