import type { FieldError } from '../field-error.ts'
import type { Json, JsonObject } from '../json.ts'
import { parseLeadId } from '../lead/lead-id.ts'
import { isId } from './is-id.ts'

type Check = readonly [isRight: (value: Json) => boolean, message: string, isRequired?: true]

const isText = (value: Json): boolean => typeof value === 'string' && value.length <= 4000
const isObject = (value: Json): boolean =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/**
 * A number within bounds. A value of another kind is kept as it came: the fact has happened, and rules that ask for the
 * number do not match it.
 */
const isMeasure =
  (least: number, most: number) =>
  (value: Json): boolean =>
    typeof value !== 'number' || (value >= least && value <= most)

const isAmount = (value: Json): boolean =>
  typeof value === 'number' ? value >= 0 : typeof value === 'string' && /^\d{1,15}(\.\d{1,6})?$/.test(value)

const currencies = new Set(Intl.supportedValuesOf('currency'))
const isCurrency = (value: Json): boolean => typeof value === 'string' && currencies.has(value)

/** What a form adds to its submission bears the submission's id and a number. */
const isFactId = (value: Json): boolean => typeof value === 'string' && isId(value.replace(/~\d$/, ''))

const text: Check = [isText, 'must be a text of at most 4000 characters']
const fields: Check = [isObject, 'must be an object of attributes']
const rating: Check = [isMeasure(1, 5), 'must be a number from 1 to 5']
const amount: Check = [isAmount, 'must be a decimal of 0 or more, as a number or as a text like "1234.50"']
const currency: Check = [isCurrency, 'must be an ISO 4217 code such as EUR']
const money = { amount, currency }
const leadId: Check = [(value) => parseLeadId(value) !== undefined, 'must be the id of a lead', true]

/** Properties that CONTRACT section 3 names, by type. Most are optional; what is there has to be right. */
const checks: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  'page.engaged': {
    seconds: [isMeasure(0, Number.MAX_VALUE), 'must be a number of 0 or more'],
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
  'activity.voided': { activityId: [isFactId, 'must be the id of the activity to take back', true] },
  'lead.merged': { leadId },
  'lead.unmerged': { leadId },
}

/** What is wrong with the properties that a built-in type gives a meaning to. */
export const checkBuiltIn = (type: string, properties: JsonObject): readonly FieldError[] =>
  Object.entries(Object.hasOwn(checks, type) ? (checks[type] ?? {}) : {}).flatMap(
    ([name, [isRight, message, isRequired]]) => {
      const value = properties[name]
      const isFine = value === undefined ? !isRequired : isRight(value)
      return isFine ? [] : [{ path: `properties.${name}`, message }]
    },
  )
