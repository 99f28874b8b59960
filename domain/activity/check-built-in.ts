import type { FieldError } from '../field-error.ts'
import type { Json, JsonObject } from '../json.ts'
import { parseLeadId } from '../lead/lead-id.ts'
import { checkMoney } from '../sales/check-money.ts'
import { bearsMoney, isAboutDeal } from '../sales/deal-activity.ts'
import { salesPhases } from '../sales/sales-phases.ts'
import { isDateValue } from '../time/date-value.ts'
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

/** Ours, or what a CRM calls it: some count. */
const isDealId = (value: Json): boolean => isId(value) || Number.isSafeInteger(value)

/** What a form adds to its submission bears the submission's id and a number. */
const isFactId = (value: Json): boolean => typeof value === 'string' && isId(value.replace(/~\d$/, ''))

const text: Check = [isText, 'must be a text of at most 4000 characters']
const purpose: Check = [
  (value) => typeof value === 'string' && value.length <= 128,
  'must be a text of at most 128 characters',
]
const fields: Check = [isObject, 'must be an object of attributes']
const rating: Check = [isMeasure(1, 5), 'must be a number from 1 to 5']
/** A CRM may say that there is none. */
const renewsAt: Check = [
  (value) => value === null || value === '' || isDateValue(value),
  'must be a date (2027-03-31) or RFC 3339 with an offset',
]
const dealId: Check = [isDealId, 'must be a text of 1 to 128 characters or a whole number']
const phase: Check = [
  (value) => salesPhases.some((one) => one === value),
  `must be one of ${salesPhases.join(', ')}`,
  true,
]
const leadId: Check = [(value) => parseLeadId(value) !== undefined, 'must be the id of a lead', true]

/** Properties that CONTRACT section 3 names, by type. Most are optional; what is there has to be right. */
const checks: Readonly<Record<string, Readonly<Record<string, Check>>>> = {
  'page.engaged': {
    seconds: [isMeasure(0, Number.MAX_VALUE), 'must be a number of 0 or more'],
  },
  'sales.engaged': { channel: text },
  'offer.rated': { rating },
  'order.completed': { orderId: text, renewsAt },
  'form.submitted': { form: text, fields },
  'profile.updated': { fields },
  'handoff.rejected': { reason: text },
  'needs.recorded': {
    needs: [(value) => Array.isArray(value) && value.every(isText), 'must be a list of texts'],
  },
  'proposal.sent': { proposalId: text },
  'proposal.declined': { reason: text },
  'negotiation.ended': { outcome: text },
  'deal.moved': { phase, reason: text },
  'deal.won': { renewsAt },
  'deal.lost': { reason: text },
  'customer.rated': { rating },
  'consent.granted': { purpose },
  'consent.withdrawn': { purpose: text },
  'activity.voided': { activityId: [isFactId, 'must be the id of the activity to take back', true] },
  'lead.merged': { leadId },
  'lead.unmerged': { leadId },
}

/** By property: the deal's id for all that are about one, and what the type itself names. */
const checksOf = (type: string): Readonly<Record<string, Check>> => {
  const own = Object.hasOwn(checks, type) ? (checks[type] ?? {}) : {}
  return isAboutDeal(type) ? { dealId, ...own } : own
}

/** What is wrong with the properties that a built-in type gives a meaning to. */
export const checkBuiltIn = (type: string, properties: JsonObject): readonly FieldError[] => {
  const errors = Object.entries(checksOf(type)).flatMap(([name, [isRight, message, isRequired]]) => {
    const value = properties[name]
    const isFine = value === undefined ? !isRequired : isRight(value)
    return isFine ? [] : [{ path: `properties.${name}`, message }]
  })
  return bearsMoney(type) ? [...errors, ...checkMoney(properties)] : errors
}
