import type { Activity, LeadId } from './activity.ts'
import type { FieldError, JsonObject } from './json.ts'

export const stageIds = [
  'awareness',
  'interest',
  'consideration',
  'intent',
  'evaluation',
  'purchase',
] as const
export type StageId = (typeof stageIds)[number]

/** `funnel.yaml`: the six stages in their order; only the first has no `enter`. */
export interface FunnelRules {
  readonly stages: readonly StageRule[]
}

interface StageRule {
  readonly id: StageId
  readonly goal: string
  readonly tactics: readonly string[]
  readonly metrics: readonly string[]
  /** CEL condition. */
  readonly enter?: string
}

/** 0 for awareness … 5 for purchase. */
export const stageRank = (stage: StageId): number => stageIds.indexOf(stage)

/** The seven sales phases, in their order. */
export const salesPhases = [
  'lead_generation',
  'lead_qualification',
  'needs_analysis',
  'proposal',
  'negotiation',
  'closing',
  'post_sale',
] as const
export type SalesPhase = (typeof salesPhases)[number]

export const phaseRank = (phase: SalesPhase): number => salesPhases.indexOf(phase)

/** ISO 4217 codes by decimal places; codes that no deal uses (XAU, XTS …) are left out. */
const byDigits: readonly (readonly [digits: number, codes: string])[] = [
  [0, 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'],
  [
    2,
    `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF
    CHW CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR
    ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR
    MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN
    SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG`,
  ],
  [3, 'BHD IQD JOD KWD LYD OMR TND'],
  [4, 'CLF UYW'],
  // Replaced within the last ten years, the oldest that an activity may be.
  [2, 'BYR CUC HRK MRO SLL STD VEF ZWL'],
]

const mapDigits = (): ReadonlyMap<string, number> =>
  new Map(byDigits.flatMap(([digits, codes]) => codes.split(/\s+/).map((code) => [code, digits] as const)))

// Marked pure so that functions without money do not bundle it.
const digitsOf = /* @__PURE__ */ mapDigits()

/** The most decimal places of any currency. */
const mostDigits = 4

/** Decimal places of a currency: EUR 2, JPY 0, BHD 3; undefined for an unknown currency. */
export const minorDigits = (currency: unknown): number | undefined =>
  typeof currency === 'string' ? digitsOf.get(currency) : undefined

const shape = /^0*(\d{1,15})(?:\.(\d{1,6}))?$/

/**
 * Formats an incoming amount, a number or a text, with exactly `digits` decimal places: `1234.5` with two is `1234.50`. A
 * number is read as its shortest decimal.
 * @returns undefined for a negative number, more than 15 digits, more decimal places than the currency has, or no number.
 */
export const decimalText = (value: unknown, digits: number): string | undefined => {
  const text = typeof value === 'number' ? String(value) : value
  const match = typeof text === 'string' ? shape.exec(text) : null
  const whole = match?.[1]
  const fraction = (match?.[2] ?? '').replace(/0+$/, '')
  if (whole === undefined || fraction.length > digits) return undefined
  return digits === 0 ? whole : `${whole}.${fraction.padEnd(digits, '0')}`
}

/** The amount and currency of an activity; undefined if either is missing or invalid. */
export const moneyOf = ({ amount, currency }: JsonObject): Money | undefined => {
  const digits = minorDigits(currency)
  const text = digits === undefined ? undefined : decimalText(amount, digits)
  return typeof currency === 'string' && text !== undefined ? { amount: text, currency } : undefined
}

/** In ten-thousandths of any currency. */
const scaled = ({ amount }: Money): bigint => {
  const [whole = '0', fraction = ''] = amount.split('.')
  return BigInt(whole + fraction.padEnd(mostDigits, '0'))
}

const unscaled = (sum: bigint, currency: string): Money => {
  const digits = minorDigits(currency) ?? mostDigits
  const text = sum.toString().padStart(mostDigits + 1, '0')
  const cut = text.length - mostDigits
  const fraction = text.slice(cut, cut + digits)
  return { amount: fraction === '' ? text.slice(0, cut) : `${text.slice(0, cut)}.${fraction}`, currency }
}

/** The exact sum of each currency, ordered by code. */
export const sumMoney = (all: readonly Money[]): readonly Money[] => {
  const sums = new Map<string, bigint>()
  for (const money of all) sums.set(money.currency, (sums.get(money.currency) ?? 0n) + scaled(money))
  return [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([currency, sum]) => unscaled(sum, currency))
}

const amountPath = 'properties.amount'
const currencyPath = 'properties.currency'
const isCurrency = 'must be an ISO 4217 code such as EUR'

/** Faults of an activity's `amount` and `currency`. Without an amount the currency is optional. */
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

/** `amount`: a non-negative decimal as text, such as `1234.50`, never a floating-point number; `currency`: ISO 4217. */
export interface Money {
  readonly amount: string
  readonly currency: string
}

/** A deal with a lead, computed from the lead's log. A lead may have several. */
export const dealStatuses = ['open', 'won', 'lost'] as const

export interface Deal {
  /** The handoff's id if its acceptance opened the deal, else the id given, else that of the fact that opened it. */
  readonly dealId: string
  /** The CRM's id, if different. */
  readonly externalId?: string
  /** The handoff that led to it; the handoff's owner owns the deal. */
  readonly handoffId?: string
  /** The merged lead whose log opened it. */
  readonly member?: LeadId
  readonly status: (typeof dealStatuses)[number]
  /** Every phase entered, oldest first; the last is the current one. */
  readonly phases: readonly DealPhase[]
  readonly openedAt: string
  /** Value of the latest proposal or, once won, of the win. */
  readonly value?: Money
  readonly closedAt?: string
  /** The fact that won or lost it. */
  readonly closedBy?: string
  /** Reason for the loss. */
  readonly reason?: string
}

export interface DealPhase {
  readonly phase: SalesPhase
  readonly at: string
  readonly factId: string
  /** Reason for a step back. */
  readonly reason?: string
  /** When negotiation was reported to have ended, although the deal was still open. */
  readonly endedAt?: string
}

/** Whether it was opened by accepting an unnamed handoff, which means any that awaits an answer. */
export const isOfUnnamedHandoff = ({ dealId, handoffId, phases }: Deal): boolean =>
  handoffId !== undefined && handoffId === dealId && handoffId === phases[0]?.factId

/** What an activity means for the deal that it is about. */
export type DealMeaning =
  /** A handoff was accepted, or a deal was opened explicitly. */
  | { readonly type: 'opens' }
  /** Work of a phase: puts the deal there. Returning to it takes a reason. */
  | { readonly type: 'enters'; readonly phase: SalesPhase }
  /** Result of a phase: the deal has got at least this far. */
  | { readonly type: 'passes'; readonly phase: SalesPhase }
  /** A conversation in any phase: opens a deal only if it names one. */
  | { readonly type: 'touches' }
  /** Sets the phase explicitly; with a reason, also of a closed deal. */
  | { readonly type: 'moves'; readonly phase: SalesPhase }
  | { readonly type: 'closes'; readonly status: 'won' | 'lost' }
  /** What follows a win. */
  | { readonly type: 'follows' }

const moved = 'deal.moved'
const follows: DealMeaning = { type: 'follows' }

const meanings: ReadonlyMap<string, DealMeaning> = new Map<string, DealMeaning>([
  ['handoff.accepted', { type: 'opens' }],
  ['deal.opened', { type: 'opens' }],
  ['contact.requested', { type: 'touches' }],
  ['sales.engaged', { type: 'touches' }],
  ['needs.recorded', { type: 'enters', phase: 'needs_analysis' }],
  ['proposal.sent', { type: 'enters', phase: 'proposal' }],
  ['proposal.accepted', { type: 'passes', phase: 'proposal' }],
  ['proposal.declined', { type: 'passes', phase: 'proposal' }],
  ['negotiation.started', { type: 'enters', phase: 'negotiation' }],
  ['negotiation.ended', { type: 'passes', phase: 'negotiation' }],
  ['deal.won', { type: 'closes', status: 'won' }],
  ['deal.lost', { type: 'closes', status: 'lost' }],
  ['onboarding.completed', follows],
  ['customer.rated', follows],
  ['order.completed', follows],
])

/** Types whose amount is the deal's value. */
const valued = ['deal.opened', moved, 'deal.won', 'proposal.sent']

/** The meaning of an activity for a deal; undefined if it concerns none. */
export const dealMeaning = (type: string, properties: JsonObject): DealMeaning | undefined => {
  if (type !== moved) return meanings.get(type)
  const phase = salesPhases.find((one) => one === properties.phase)
  return phase === undefined || phase === 'post_sale' ? phase && follows : { type: 'moves', phase }
}

/**
 * `further: true` at `deal.opened` opens another deal, whatever is open. Otherwise a new id is the CRM's name for the deal from
 * the handoff.
 */
export const opensFurther = (type: string, { further }: JsonObject): boolean =>
  type === 'deal.opened' && further === true

/** People who open a deal by hand see the existing ones and mean another. */
export const asByHand = (activity: Activity): Activity =>
  activity.type === 'deal.opened'
    ? { ...activity, properties: { ...activity.properties, further: true } }
    : activity

export const isAboutDeal = (type: string): boolean => meanings.has(type) || type === moved

export const statesValue = (type: string): boolean => valued.includes(type)

/** Whether `amount` and `currency` have a meaning. */
export const bearsMoney = (type: string): boolean => type === 'order.completed' || statesValue(type)

/** The deal's id in an activity, ours or the CRM's; some CRMs send numbers. */
export const givenDealId = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined
