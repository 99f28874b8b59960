import { isSendable } from './unsendable.ts'

const maximumLength = 128

/** Ids that come from outside: 1 to 128 characters, none of them a control character or one that no queue takes. */
export const isId = (value: unknown): value is string =>
  typeof value === 'string' &&
  value.length > 0 &&
  value.length <= maximumLength &&
  !/[\p{Cc}\u2028\u2029]/u.test(value) &&
  isSendable(value)
