import type { FieldError } from '../field-error.ts'
import type { JsonObject } from '../json.ts'

const moneyPaths: readonly string[] = ['properties.amount', 'properties.currency']

/** Whether an activity is refused for its money alone. */
export const isAboutMoney = (errors: readonly FieldError[]): boolean =>
  errors.length > 0 && errors.every(({ path }) => moneyPaths.includes(path))

/** What it says beside what it is worth. */
export const withoutMoney = ({ amount: _amount, currency: _currency, ...others }: JsonObject): JsonObject =>
  others

/** @param errors what is wrong with the money. @returns the same for people who are to know that the rest is kept. */
export const moneyWarnings = (errors: readonly FieldError[]): readonly FieldError[] =>
  errors.map(({ path, message }) => ({ path, message: `${message}; kept without amount and currency` }))
