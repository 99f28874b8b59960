import type { FieldError } from '../field-error.ts'
import type { JsonObject } from '../json.ts'
import { minorDigits, mostDigits } from './currencies.ts'
import { decimalText } from './money.ts'

const amountPath = 'properties.amount'
const currencyPath = 'properties.currency'
const isCurrency = 'must be an ISO 4217 code such as EUR'

/** What is wrong with the `amount` and `currency` of an activity. Without an amount there need not be a currency. */
export const checkMoney = ({ amount, currency }: JsonObject): readonly FieldError[] => {
  const digits = minorDigits(currency)
  const currencyErrors =
    currency === undefined
      ? amount === undefined
        ? []
        : [{ path: currencyPath, message: `${isCurrency}: an amount needs one` }]
      : digits === undefined
        ? [{ path: currencyPath, message: isCurrency }]
        : []
  if (amount === undefined || decimalText(amount, digits ?? mostDigits) !== undefined) return currencyErrors
  const isTooFine = digits !== undefined && decimalText(amount, mostDigits) !== undefined
  const message = isTooFine
    ? `must have at most ${digits} digits after the point in ${String(currency)}`
    : 'must be a decimal of 0 or more, as a number or as a text like "1234.50"'
  return [{ path: amountPath, message }, ...currencyErrors]
}
