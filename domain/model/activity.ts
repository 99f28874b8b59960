import type { JsonObject } from './json.ts'

declare const brand: unique symbol

/** A string that only its checking parser can make, so that ids of different things cannot be mixed up. */
type Brand<Name extends string> = string & { readonly [brand]: Name }

/** Random, carries no personal data: `^[0-9a-z-]{8,64}$`. */
export type LeadId = Brand<'LeadId'>

const pattern = /^[0-9a-z-]{8,64}$/

/** @returns undefined when `text` cannot be a lead's id. */
export const parseLeadId = (text: unknown): LeadId | undefined =>
  typeof text === 'string' && pattern.test(text) ? (text as LeadId) : undefined

/** One handoff for each cycle of a lead: the same qualification always asks for the same one. */
export const handoffIdOf = (leadId: LeadId, cycle: number): string => `${leadId}.${cycle}`

/** The lead whose handoff this is, from the id alone. */
export const leadIdOfHandoff = (handoffId: string): string =>
  handoffId.slice(0, Math.max(0, handoffId.lastIndexOf('.')))

/** The cycle of that lead; NaN for what is no id of a handoff. */
export const cycleOfHandoff = (handoffId: string): number =>
  handoffId.includes('.') ? Number(handoffId.slice(handoffId.lastIndexOf('.') + 1)) : Number.NaN

/** Whom an activity is about: an address, a known lead, or a browser. */
export type Subject =
  | { readonly email: string }
  | { readonly leadId: LeadId }
  | { readonly visitorId: string }

/** One fact as it stands in a lead's log. `occurredAt` is RFC 3339 UTC with milliseconds: string order is time order. */
export interface Fact {
  readonly id: string
  readonly type: string
  readonly occurredAt: string
  readonly properties: JsonObject
  /** The address that its subject gave: from then on the lead has a known address. */
  readonly email?: string
  /** When it was taken in: a trace for people, without effect on the fold. */
  readonly recordedAt?: string
  /** The merged lead in whose log it stands; absent: the lead's own. */
  readonly member?: LeadId
}

/** One fact about one person, as it comes in. */
export interface Activity extends Fact {
  readonly subject: Subject
  /** True where the sender gave no time and the time of arrival stands in: a repeat of the same id then keeps the first one's time. */
  readonly timeAssumed: boolean
}

/** The one order in which facts are taken: `(occurredAt, id)`. */
export const compareFacts = (a: Fact, b: Fact): number =>
  a.occurredAt < b.occurredAt ? -1 : a.occurredAt > b.occurredAt ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0
