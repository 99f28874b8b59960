import type { FieldError } from '../field-error.ts'
import type { Json, JsonObject } from '../json.ts'

type Check = readonly [isRight: (value: Json) => boolean, message: string]

const isText = (value: Json): boolean => typeof value === 'string' && value.length <= 4000
const isObject = (value: Json): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isRating = (value: Json): boolean => typeof value === 'number' && value >= 1 && value <= 5
const isAmount = (value: Json): boolean =>
  typeof value === 'number' ? value >= 0 : typeof value === 'string' && /^\d{1,15}(\.\d{1,6})?$/.test(value)

const currencies = new Set(Intl.supportedValuesOf('currency'))
const isCurrency = (value: Json): boolean => typeof value === 'string' && currencies.has(value)

const text: Check = [isText, 'must be a text of at most 4000 characters']
const fields: Check = [isObject, 'must be an object of attributes']
const rating: Check = [isRating, 'must be a number from 1 to 5']
const amount: Check = [isAmount, 'must be a decimal of 0 or more, as a number or as a text like "1234.50"']
const currency: Check = [isCurrency, 'must be an ISO 4217 code such as EUR']
const money = { amount, currency }

/** Properties that CONTRACT section 3 names, by type. Each is optional; what is there has to be right. */
const checks: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  'page.engaged': {
    seconds: [(value) => typeof value === 'number' && value >= 0, 'must be a number of 0 or more'],
  },
  'sales.engaged': { channel: text },
  'offer.rated': { rating },
  'order.completed': { orderId: text, ...money },
  'form.submitted': { form: text, fields },
  'profile.updated': { fields },
  'handoff.rejected': { reason: text },
  'needs.recorded': {
    needs: [(value) => Array.isArray(value) && value.every(isText), 'must be a list of texts'],
  },
  'proposal.sent': { proposalId: text, ...money },
  'proposal.declined': { reason: text },
  'negotiation.ended': { outcome: text },
  'deal.won': money,
  'deal.lost': { reason: text },
  'customer.rated': { rating },
  'consent.granted': { purpose: text },
  'consent.withdrawn': { purpose: text },
}

/** What is wrong with the properties that a built-in type gives a meaning to. */
export const checkBuiltIn = (type: string, properties: JsonObject): readonly FieldError[] =>
  Object.entries(Object.hasOwn(checks, type) ? (checks[type] ?? {}) : {}).flatMap(
    ([name, [isRight, message]]) => {
      const value = properties[name]
      return value === undefined || isRight(value) ? [] : [{ path: `properties.${name}`, message }]
    },
  )
