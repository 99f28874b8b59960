import type { JsonObject } from './json.ts'

declare const brand: unique symbol

/** A string made only by its validating parser, so that ids of different things cannot be mixed up. */
type Brand<Name extends string> = string & { readonly [brand]: Name }

/** Random, carries no personal data: `^[0-9a-z-]{8,64}$`. */
export type LeadId = Brand<'LeadId'>

const pattern = /^[0-9a-z-]{8,64}$/

/** @returns undefined if `text` is not a valid lead id. */
export const parseLeadId = (text: unknown): LeadId | undefined =>
  typeof text === 'string' && pattern.test(text) ? (text as LeadId) : undefined

/** One handoff per cycle of a lead: the same qualification always yields the same id. */
export const handoffIdOf = (leadId: LeadId, cycle: number): string => `${leadId}.${cycle}`

/** The lead whose handoff this is, from the id alone. */
export const leadIdOfHandoff = (handoffId: string): string =>
  handoffId.slice(0, Math.max(0, handoffId.lastIndexOf('.')))

/** The lead's cycle; NaN for an invalid id. */
export const cycleOfHandoff = (handoffId: string): number =>
  handoffId.includes('.') ? Number(handoffId.slice(handoffId.lastIndexOf('.') + 1)) : Number.NaN

/** Whom an activity is about: an address, a known lead, or a browser. */
export type Subject =
  | { readonly email: string }
  | { readonly leadId: LeadId }
  | { readonly visitorId: string }

/** One entry of a lead's log. `occurredAt` is RFC 3339 UTC with milliseconds, so string order is time order. */
export interface Fact {
  readonly id: string
  readonly type: string
  readonly occurredAt: string
  readonly properties: JsonObject
  /** The address in its subject; it becomes the lead's known address. */
  readonly email?: string
  /** Time of arrival, shown to people; the fold ignores it. */
  readonly recordedAt?: string
  /** The merged lead that it belongs to; absent: the lead itself. */
  readonly member?: LeadId
}

/** One fact about one person, as it comes in. */
export interface Activity extends Fact {
  readonly subject: Subject
  /** The sender gave no time, so this is the time of arrival: a repeat of the id keeps the first one's time. */
  readonly timeAssumed: boolean
}

/** Order in which facts are applied: `(occurredAt, id)`. */
export const compareFacts = (a: Fact, b: Fact): number =>
  a.occurredAt < b.occurredAt ? -1 : a.occurredAt > b.occurredAt ? 1 : a.id < b.id ? -1 : a.id > b.id ? 1 : 0

/** What the ids of all facts that an import records begin with. */
export const factsOfImport = (importId: string): string => `import:${importId}:`

/** The id of an import whose rows count as if people had done it themselves: the ids of its facts tell. */
export const newsImportId = (id: string): string => `news-${id}`

/** Whether a fact is no news, as an import recorded it so: no sequence begins with it, however late that is found out. */
export const isNoNews = (factId: string): boolean => /^import:(?!news-)/.test(factId)
