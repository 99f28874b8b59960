import { type Activity, compareFacts, type Fact, type LeadId, parseLeadId } from '../model/activity.ts'
import type { Deal, StageId } from '../model/deal.ts'
import { type Decided, type Decision, decision } from '../model/decision.ts'
import { isObject, type Json, type JsonObject } from '../model/json.ts'
import type { Meter, Window } from '../scoring/awards.ts'
import { isDateValue } from '../time/date-value.ts'

/**
 * What a lead's log folds to. Plain JSON; every part says which fact it rests on.
 * Points fade, so engagement is kept as what is needed to compute it for any later moment.
 */
export interface LeadState {
  /** `rulesVersion` of the playbook that it was folded under: under any other it has to be folded anew. */
  readonly rules: string
  /** Time of the earliest fact. */
  readonly createdAt: string
  /** Time of the latest fact that counts. */
  readonly lastActivityAt: string
  /** The last fact in `(occurredAt, id)` order, whether it counts or not. */
  readonly last: { readonly occurredAt: string; readonly id: string }
  /** Ids of the latest facts (bounded), to drop near repeats without reading the log. */
  readonly recentIds: readonly string[]
  readonly attributes: Readonly<Record<string, Attribute>>
  /** What forms said that nobody has confirmed, where something surer is known or the address was confirmed: it counts for nothing. */
  readonly unconfirmed?: Readonly<Record<string, Attribute>>
  /** By submission: what it said, until it is confirmed or can be no more. */
  readonly claims?: Readonly<Record<string, Claim>>
  /** Since when it is known that whoever reads the mailbox has to do with us. A withdrawal does not end it. */
  readonly confirmed?: { readonly at: string; readonly factId: string }
  /** By activity type. `times` holds those within the longest window that the playbook asks about for that type, in ms since the epoch. */
  readonly seen: Readonly<
    Record<
      string,
      {
        readonly count: number
        readonly first: string
        readonly last: string
        readonly times: readonly number[]
        /** Those of earlier cycles, once the lead was recycled. */
        readonly earlier?: number
      }
    >
  >
  /** By rule id. What a meter keeps of earlier cycles is what stage conditions of the present one leave out. */
  readonly engagement: Readonly<Record<string, Meter>>
  /** By group id, `*` for all rules together: the awards that still matter for the cap. */
  readonly groups?: Readonly<Record<string, Window>>
  readonly emails: {
    readonly opened: Readonly<Record<string, string>>
    readonly clicked: Readonly<Record<string, string>>
  }
  readonly consent: Readonly<Record<string, Consent>>
  /** Soft bounces within the time that the settings look back, in ms since the epoch. */
  readonly softBounces?: readonly number[]
  /** Set by a hard bounce, too many soft ones or a complaint: no mail at all. */
  readonly suppression?: {
    readonly reason: SuppressionReason
    readonly at: string
    readonly factId: string
  }
  /** Whoever reads the mailbox has said that it was not they who signed up: nobody asks them again. */
  readonly refused?: { readonly at: string; readonly factId: string }
  readonly band: BandEntry
  readonly stage: StageEntry
  /** Every stage entered in the latest cycles, and the very first, oldest first, the current one last. */
  readonly stages: readonly StageEntry[]
  /** Begins at 1; a recycle adds one. */
  readonly cycle: number
  /** Moments in each cycle at which the lead qualified, oldest first. */
  readonly qualifications: readonly Qualification[]
  /** Set by what sent the lead back: it may not qualify before. */
  readonly paused?: Pause
  readonly recycles: readonly Recycle[]
  /** Business with this lead, oldest first. */
  readonly deals?: readonly Deal[]
  /** Double opt-in mails that became due, oldest first (those of the last 30 days). */
  readonly confirmations: readonly ConfirmationDue[]
  /** By `triggerKey`: what sequences may begin with or wait for, and the fact that brought it about last. */
  readonly triggers?: Readonly<Record<string, Trigger>>
  /** Marks of the ids of facts that were taken back, whether they have come yet or not; `*` for any: there are too many. */
  readonly voids?: readonly string[]
  /** Leads merged into this one, and those that were set apart again and are not to be joined by themselves. */
  readonly family?: { readonly members: readonly LeadId[]; readonly apart: readonly LeadId[] }
  /** Deliveries and hits of the last moments: a further hit may show that an earlier one was a machine's. */
  readonly traffic?: Traffic
  /** When the earliest hit that is held back may be counted. */
  readonly heldUntil?: string
}

/** `ses-suppressed`: SES itself keeps the address on a suppression list and handed the mail to nobody. */
export type SuppressionReason = 'bounced' | 'soft-bounced' | 'ses-suppressed' | 'complained'

export interface Claim {
  readonly at: string
  readonly values: JsonObject
}

/** Times in ms since the epoch; `message` is what a delivery and the hits on it share. */
export interface Traffic {
  readonly delivered: readonly (readonly [message: string, at: number])[]
  readonly hits: readonly (readonly [message: string, at: number, link: string])[]
  /** There were more than are kept: what comes next is judged by the whole log. */
  readonly cut?: true
}

/** The band and grade since the last change of either, as of the fact that changed it. */
export interface BandEntry {
  readonly id: string
  readonly grade: string
  readonly score: number
  /** The band before; absent for the first. */
  readonly from?: string
  readonly at: string
  /** The fact that changed it; where points faded, the one that had changed it before. */
  readonly factId: string
  /** It changed by the passing of time alone. */
  readonly faded?: true
}

/** `held`: a condition that was true after the last fact; what becomes true next is a rising edge only once it was not. */
export interface Trigger {
  readonly factId: string
  readonly at: string
  readonly held?: true
}

export interface StageEntry {
  readonly stage: StageId
  readonly from?: StageId
  readonly at: string
  readonly factId: string
  /** The condition that held, as the playbook words it; absent for the first stage. */
  readonly condition?: string
  readonly cycle: number
  /** Skipped on the way to a later stage: it counts as passed through, and nothing follows from it. */
  readonly implied?: true
}

export interface Qualification {
  readonly cycle: number
  readonly at: string
  readonly factId: string
  readonly score: number
  /** Nothing happened then but the end of a pause; `factId` is what the pause began with. */
  readonly pauseOver?: true
}

/** `until` absent: closed for good. */
interface Pause {
  readonly until?: string
  /** Its end was judged: what happened before it and comes in later has to be taken first. */
  readonly over?: true
  readonly at: string
  readonly factId: string
  readonly reason: string
}

/** The beginning of a further cycle. */
export interface Recycle {
  readonly cycle: number
  readonly at: string
  readonly factId: string
  readonly reason: string
  /** Its last deal was lost; absent: its handoff was rejected. */
  readonly lost?: true
  /** When it may qualify again. */
  readonly pausedUntil?: string
  /** The sequence that it enters. */
  readonly sequence?: string
}

/** State of one purpose. Evidence (wording, form, how) stands in the fact. */
export interface Consent {
  /** `lapsed`: nobody confirmed it in time. */
  readonly status: 'pending' | 'granted' | 'withdrawn' | 'lapsed'
  /** Granted by somebody who has shown that the mailbox is theirs. */
  readonly confirmed?: true
  readonly at: string
  readonly factId: string
}

export interface ConfirmationDue {
  readonly factId: string
  readonly form: string
  readonly purpose: string
  /** Of the box that was ticked beside it: the same email confirms both. */
  readonly furtherPurpose?: string
  readonly language: string
  readonly at: string
  /** The one that comes by itself when nobody has answered. */
  readonly reminder?: true
}

/** What is known of a lead under one name, and the fact that said so. */
export interface Attribute {
  readonly value: Json
  readonly at: string
  readonly factId: string
  /**
   * By a form: of which nobody has shown yet that it came from whoever reads the mailbox (`form`), or whose confirmation
   * was sent back (`confirmed`). Absent: by a program, a colleague, or a form reached by a link of an email.
   */
  readonly given?: 'form' | 'confirmed'
}

/** What was cleared is not there: `null`, and a text of blanks alone. */
export const isBlank = (value: Json | undefined): value is undefined | null | '' =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '')

/** Attributes that are numbers; CRMs and files send them as text. */
const numbers: readonly string[] = ['employees']

/** The value as conditions see it; undefined for one that was cleared. */
export const valueAsAsked = (name: string, value: Json | undefined): Json | undefined => {
  if (isBlank(value)) return undefined
  return numbers.includes(name) && typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value)
    ? Number(value)
    : value
}

/** Properties of other activities that are attributes of the lead from then on, where they hold what the name means. */
const told: Readonly<Record<string, Readonly<Record<string, (value: Json) => boolean>>>> = {
  'deal.won': { renewsAt: isDateValue },
  'order.completed': { renewsAt: isDateValue },
  'customer.rated': { rating: (value) => typeof value === 'number' },
}

type Entries = readonly (readonly [name: string, value: Json])[]

const toldBy = ({ type, properties }: Fact): Entries =>
  Object.entries(Object.hasOwn(told, type) ? (told[type] ?? {}) : {}).flatMap(([name, isRight]) => {
    const value = properties[name]
    return value !== undefined && isRight(value) ? [[name, value] as const] : []
  })

/** The address comes from whom a fact is about, never from among its fields: a lead has one. */
const isTaken = ([name]: readonly [name: string, value: Json]): boolean =>
  name !== '__proto__' && name !== 'email'

export const attributesIn = (fact: Fact): Entries => {
  const { type, properties } = fact
  if (type !== 'profile.updated' && type !== 'form.submitted') return toldBy(fact)
  const { fields, language } = properties
  if (!isObject(fields)) return []
  // Who fills in a German form reads German: the language it was shown in is an attribute like any other.
  const spoken = type === 'form.submitted' && typeof language === 'string' ? { language } : {}
  return Object.entries<Json>({ ...spoken, ...fields }).filter(isTaken)
}

/** Activities that attributes come from. */
export const attributeTypes: readonly string[] = ['profile.updated', 'form.submitted', ...Object.keys(told)]

/** Whether a fact tells one of these attributes. */
export const tellsOneOf = (names: ReadonlySet<string>, fact: Fact): boolean =>
  names.size > 0 && attributesIn(fact).some(([name]) => names.has(name))

type Family = NonNullable<LeadState['family']>

/**
 * By what a browser's lead joins the person who gave an address on it. Of several joins of one browser the first in
 * `(occurredAt, id)` order stands, which is that of the activities.
 */
export const joinOf = ({ id, occurredAt }: Pick<Activity, 'id' | 'occurredAt'>, browser: LeadId): Fact => ({
  id: `join:${browser}:${occurredAt}:${id}`,
  type: 'lead.merged',
  occurredAt,
  properties: { leadId: browser, automatic: true },
})

export const isJoin = ({ type, properties }: Pick<Fact, 'type' | 'properties'>): boolean =>
  type === 'lead.merged' && properties.automatic === true

/** Takes a join back: an earlier one has shown itself. It may be written before what it takes back. */
export const partOf = ({ id, occurredAt, properties }: Fact): Fact => ({
  id: `part:${id}`,
  type: 'lead.unmerged',
  occurredAt,
  properties: { leadId: properties.leadId ?? null, join: id },
})

const isPart = ({ type, properties }: Fact): boolean =>
  type === 'lead.unmerged' && typeof properties.join === 'string'

/**
 * Who was merged into a lead and still is, and who was set apart again, as the lead's own log says. Of what was decided
 * by hand the last word counts. A join counts unless it was taken back, or somebody set the two apart by hand.
 */
export const membersOf = (ownFacts: readonly Fact[]): Family => {
  const changes = ownFacts
    .filter(
      ({ type, member }) => member === undefined && (type === 'lead.merged' || type === 'lead.unmerged'),
    )
    .toSorted(compareFacts)
  const takenBack = new Set(changes.filter(isPart).map(({ properties }) => properties.join))
  const members = new Set<LeadId>()
  const apart = new Set<LeadId>()
  for (const change of changes) {
    const leadId = parseLeadId(change.properties.leadId)
    if (leadId === undefined || isJoin(change) || isPart(change)) continue
    const [from, to] = change.type === 'lead.merged' ? [apart, members] : [members, apart]
    from.delete(leadId)
    to.add(leadId)
  }
  for (const join of changes.filter(isJoin)) {
    const leadId = parseLeadId(join.properties.leadId)
    if (leadId !== undefined && !takenBack.has(join.id) && !apart.has(leadId)) members.add(leadId)
  }
  return { members: [...members], apart: [...apart] }
}

/** Merged leads, told at the place in the log at which it is known. */
export const familyChanges = (
  lead: Decided,
  before: LeadState | undefined,
  after: LeadState,
): readonly Decision[] => {
  const [had, has] = [before?.family?.members ?? [], after.family?.members ?? []]
  const cause = { at: after.last.occurredAt, factId: after.last.id }
  const told = (type: 'LeadMerged' | 'LeadUnmerged', merged: LeadId): Decision =>
    decision(lead, type, `${type}:${merged}:${after.last.id}`, cause, { merged })
  return [
    ...has.filter((member) => !had.includes(member)).map((member) => told('LeadMerged', member)),
    ...had.filter((member) => !has.includes(member)).map((member) => told('LeadUnmerged', member)),
  ]
}

/** What tells who has a lead. */
export type Standing = Pick<LeadState, 'cycle' | 'qualifications' | 'paused' | 'deals'>

/** Sales will not have the lead again: it is closed for good. */
export const isClosed = ({ paused }: { readonly paused?: LeadState['paused'] | undefined }): boolean =>
  paused !== undefined && paused.until === undefined

/** Some deal with the lead was won. */
export const isCustomer = ({ deals = [] }: Pick<LeadState, 'deals'>): boolean =>
  deals.some(({ status }) => status === 'won')

/** The qualification of the present cycle. */
export const qualificationNow = ({
  cycle,
  qualifications,
}: Pick<LeadState, 'cycle' | 'qualifications'>): LeadState['qualifications'][number] | undefined => {
  const last = qualifications.at(-1)
  return last?.cycle === cycle ? last : undefined
}

const byOpening = (a: Deal, b: Deal): number =>
  a.openedAt < b.openedAt ? -1 : a.openedAt > b.openedAt ? 1 : 0

const endOf = ({ status, openedAt, closedAt }: Deal): string | undefined =>
  status === 'open' ? undefined : (closedAt ?? openedAt)

/**
 * Since when sales has the lead without a break: from its qualification until it is rejected, withdrawn or closed for
 * good, or until all deals that followed are closed. Business that begins without a qualification counts for as long
 * as it is open.
 * @returns RFC 3339 UTC; undefined while marketing has it.
 */
export const withSalesSince = (state: Standing): string | undefined => {
  const qualified = isClosed(state) ? undefined : qualificationNow(state)?.at
  let since = qualified
  /** When what `since` began was over; undefined: it is not. */
  let until: string | undefined
  let hasDeal = false
  for (const deal of (state.deals ?? []).toSorted(byOpening)) {
    const { openedAt } = deal
    const closedAt = endOf(deal)
    const isEarlier = qualified !== undefined && closedAt !== undefined && closedAt < qualified
    if (isEarlier) continue
    const goesOn = since !== undefined && (!hasDeal || until === undefined || openedAt <= until)
    const isLonger = until !== undefined && (closedAt === undefined || closedAt > until)
    if (!goesOn) since = openedAt
    if (!goesOn || !hasDeal || isLonger) until = closedAt
    hasDeal = true
  }
  return until === undefined ? since : undefined
}

/** Whether sales has the lead: marketing stands back as long. */
export const withSales = (state: Standing): boolean => withSalesSince(state) !== undefined

/**
 * Raised by hand, once for each release whose fold makes another state of the same facts: states of before are folded
 * anew then. A test over fixed histories notices when that was forgotten.
 */
export const foldVersion = 2

/** Names rules together with the fold that reads facts by them. */
export const underThisFold = (rulesVersion: string): string =>
  `${foldVersion}.${rulesVersion.replace(own, '')}`

export const own = /^\d+\./
