import type { SuppressedAddress } from '../domain/email/judge-send.ts'
import type { Handoff, HandoffState } from '../domain/handoff/handoff.ts'
import type { DirectoryOrder } from '../domain/lead/directory.ts'
import type { LeadState } from '../domain/lead/lead-state.ts'
import type { Activity, Fact, LeadId } from '../domain/model/activity.ts'
import type { Announcement, Decision } from '../domain/model/decision.ts'
import type { JsonObject } from '../domain/model/json.ts'
import type { Playbook } from '../domain/model/playbook.ts'
import type { Run, RunStatus, SequenceState } from '../domain/sequence/run.ts'

/** @returns RFC 3339 UTC with milliseconds. */
export type Clock = () => string

/** Version conflict: reload and retry. */
export class Conflict extends Error {
  override readonly name = 'Conflict'
}

/** A passing failure of a service: the message goes back to its queue. */
export class Transient extends Error {
  override readonly name = 'Transient'
}

/** The lead as stored: who it is, what its log folds to, and decisions not yet published. */
export interface Lead {
  readonly leadId: LeadId
  /** Absent for a browser that has not given an address. */
  readonly email?: string
  /** 0: not stored yet. */
  readonly version: number
  readonly state?: LeadState
  readonly outbox: readonly Decision[]
  /** The lead that this one was merged into: what is recorded about it counts there. */
  readonly mergedInto?: LeadId
  /** A merge that has begun: until the other lead's committed state holds it, whoever meets it carries it on. */
  readonly merge?: BegunMerge
  /** The join by which it was merged by itself; absent where that was done by hand. */
  readonly joinedBy?: Fact
  /** It was merged and stands for itself again, but not in the lists yet: the next commit sees to that. */
  readonly unlisted?: true
  /** Every lead whose log is read with this one's: those merged into it, and those merged into them. */
  readonly members?: readonly LeadId[]
  /** States of earlier moments from which a late fact can be folded in without reading the whole log, oldest first. */
  readonly checkpoints?: readonly CheckpointRef[]
  /** Facts taken since the latest of them. */
  readonly sinceCheckpoint?: number
  /** What stood against the address when the lead was made. */
  readonly suppressed?: SuppressedAddress
  /** The person was erased, with all these leads: what comes about it is dropped. */
  readonly erased?: { readonly at: string; readonly family: readonly LeadId[] }
  /** A day on which somebody looks whether it is still to be kept is set. Leads of earlier releases get theirs with their next commit. */
  readonly underReview?: true
  /** It began when every email already took a place (`Ledger`): none was claimed without. */
  readonly noted?: true
  /** Whether some sequence may have taken it; absent: nobody knows, as of a lead of an earlier release. */
  readonly followed?: boolean
  /** False: no email lacked a consent that would still let it go. Absent: one may have. */
  readonly lacked?: false
  /** When the one schedule of this lead goes off next. */
  readonly wakeAt?: string
  /** Moments at which it has to be looked at that were committed, and for which nothing is set for sure yet. */
  readonly owedWakes?: readonly string[]
  /** Set when it was last brought under other rules: what came of it, and the page of the job that counts it. */
  readonly rescored?: { readonly rules: string; readonly changed: boolean; readonly page?: string }
}

/** One that has a log. */
type FoldedLead = Lead & { readonly state: LeadState }

export interface BegunMerge {
  /** What says so in the log of the lead that this one goes into. */
  readonly fact: Fact
  /** No other merge can undo it any more: the fact may be written. */
  readonly confirmed: boolean
  /** Joins that it replaces: to be taken back in their logs before it is done. */
  readonly left?: readonly LeftJoin[]
}

/** A join that no longer stands, and in whose log it is. */
export interface LeftJoin {
  readonly leadId: LeadId
  readonly join: Fact
}

/** A place in a lead's log. */
export type LogPlace = Pick<Fact, 'occurredAt' | 'id'>

/** A fact as it stands in the log: with the first time that was given with its id. */
export interface AppendedFact extends Fact {
  /** The id stood already, first with this time; another one than the fact's says that it has moved. */
  readonly known?: string
}

/** Names a kept state; `digest` tells whether what stands in the slot is still the one that was meant. */
export interface CheckpointRef {
  readonly slot: number
  readonly digest: string
  /** The last fact that it holds. */
  readonly last: LogPlace
}

/** Whom a subject means. */
export interface Identified {
  readonly leadId: LeadId
  readonly email?: string
  /** What stood against the address when it became this lead's. */
  readonly suppressed?: SuppressedAddress
  /** Claimed by this very question: whoever asked later may be at it, and nothing older is stored. */
  readonly isNew?: true
}

/** Where leads and their logs are kept. Every read is strongly consistent unless it says otherwise. */
export interface Leads {
  /**
   * Finds whom a subject means; an unknown address or browser gets a new lead's id, claimed so that two callers agree.
   * An address is given by its identity key.
   * @param asOf the latest time (RFC 3339 UTC) of what names the subject: for somebody erased since, nothing is claimed.
   * @param isUnknown `find` has just found nobody.
   * @returns undefined for a `leadId` that nobody has, and for somebody who was erased since `asOf`.
   */
  identify(subject: Activity['subject'], asOf?: string, isUnknown?: boolean): Promise<Identified | undefined>
  /** The same, where nothing is claimed: undefined for whoever is unknown. */
  find(subject: Activity['subject']): Promise<Identified | undefined>
  /** Whom `find` will name, as far as that can be told without asking: what is known of them can be read along with it. */
  guess(subject: Activity['subject']): LeadId | undefined
  load(leadId: LeadId): Promise<Lead | undefined>
  /**
   * Idempotent: a fact that stands already is left as it is. Of several times with one id the earliest is the fact's; of
   * assumed ones the first that was written. What else comes with a known id changes nothing: the same id is the same fact.
   * @param leadId in whose own log they go; they come back as they stand there, without `member`.
   * @param facts `isUnknown`: `firstTime` has just found no time for it, so that one write takes it with its id. Where two
   * write one at the same moment with different times, both stand in the log, of which folding counts the earlier.
   */
  append(
    leadId: LeadId,
    facts: readonly (Fact & { readonly timeAssumed?: boolean; readonly isUnknown?: boolean })[],
  ): Promise<readonly AppendedFact[]>
  /** The time under which the lead's own log knew an id first: an earlier one that came since has moved the fact. */
  firstTime(leadId: LeadId, factId: string): Promise<string | undefined>
  /** The whole log, with those of merged leads, in `(occurredAt, id)` order; `upTo` (inclusive) ends it early. */
  facts(leadId: LeadId, upTo?: LogPlace): Promise<readonly Fact[]>
  /** The whole log; undefined where it holds more facts than `most`. */
  factsWithin(leadId: LeadId, most: number): Promise<readonly Fact[] | undefined>
  /** Those of some types alone, in order, in the logs of the lead and of `members`. */
  factsOf(
    leadId: LeadId,
    members: readonly LeadId[],
    types: readonly [string, ...string[]],
  ): Promise<readonly Fact[]>
  /** The whole log, with the leads whose logs were read: what is merged is looked up in the logs themselves. */
  history(leadId: LeadId): Promise<{ readonly facts: readonly Fact[]; readonly members: readonly LeadId[] }>
  /** What comes after `after` in the logs of the lead and of `members`, in order. */
  tail(leadId: LeadId, after: LogPlace, members: readonly LeadId[]): Promise<readonly Fact[]>
  /** One conditional write. `rank` is the score that lists sort by. @returns what stands. @throws Conflict when `lead.version` is no longer the stored one. */
  commit(lead: FoldedLead, rank: number): Promise<FoldedLead>
  /**
   * Notes that an email lacks a consent, so that its sender is told of one that comes. @param lead as it was judged by.
   * @returns false where it has changed since: it is to be judged again.
   */
  noteLack(lead: Pick<Lead, 'leadId' | 'version' | 'lacked'>): Promise<boolean>
  /** Empties the outbox, and owes no timers, if nobody has committed since `version`; otherwise leaves it to the one who did. */
  clearOutbox(leadId: LeadId, version: number): Promise<void>
}

/** For lists: eventually consistent, in pages. */
export interface LeadList {
  /** @param email the address's identity key. */
  byAddress(email: string): Promise<Lead | undefined>
  /** Highest score at the latest commit first. May be short of `limit` and still have a next page. */
  page(
    query: LeadPlace & {
      /** `browsers`: those that have given no address. */
      readonly who: 'people' | 'browsers' | 'all'
      /** Of people alone. @default all stages */
      readonly stage?: string
      /** @default descending */
      readonly order?: Order
    },
  ): Promise<LeadPage>
  /** How many people there are, in a stage or in all: to the unit up to `most`. */
  count(query: { readonly stage?: string | undefined; readonly most: number }): Promise<Counted>
  /** The same of everybody in one of the lanes that all leads are spread over by their ids. */
  lane(lane: number, place: LeadPlace): Promise<LeadPage>
  /** How many that are, up to some two million in each of the lane's lists. */
  countLane(lane: number): Promise<number>
  /** Those of a lane who have given an address, in no order: the fewest requests for whoever needs them all. */
  walk(lane: number, place: LeadPlace): Promise<LeadPage>
}

export type Order = 'ascending' | 'descending'

/** With `isAll` false there are more. */
export interface Counted {
  readonly count: number
  readonly isAll: boolean
}

/** People by what changes with few of their activities, about a minute behind; eventually consistent. */
export interface LeadDirectory {
  /** Whether everybody is in it: until a release that keeps it otherwise has gone through all leads, some may be missing. */
  isWhole(): Promise<boolean>
  page(query: LeadPlace & { readonly by: DirectoryOrder; readonly order: Order }): Promise<LeadPage>
  /** Of several words that of which the fewest people have one that begins so. */
  rarest(words: readonly string[]): Promise<string | undefined>
  /** Those whom a search finds, in the order of the words that begin with `word`; of many it looks at a part, and goes on by the cursor. */
  find(query: LeadPlace & Search): Promise<LeadPage>
  /** All whom it finds; undefined where it may be more than `most`, and nobody is read. */
  findAll(query: Search & { readonly most: number }): Promise<readonly Lead[] | undefined>
}

/** Words as `searchedWords` or `surelyFoundBy` give them. */
export interface Search {
  readonly word: string
  /** Further words, each of which has to begin one of theirs; those whose words do not stand in the list are found without it. */
  readonly others: readonly string[]
}

/** A part of a list of leads. */
export interface LeadPlace {
  readonly limit: number
  readonly cursor?: string
}

export interface LeadPage {
  readonly items: readonly Lead[]
  readonly next?: string
}

/** The bus `trichter`. Resolves once EventBridge has taken every entry. @throws Transient if some entry was not taken. */
export interface Bus {
  publish(decisions: readonly Decision[]): Promise<void>
  submit(activities: readonly (Activity | ToldCost)[]): Promise<void>
}

/** What a channel cost, as it goes over the bus. */
export type ToldCost = Pick<Fact, 'id' | 'type' | 'occurredAt' | 'properties'>

export type TokenPurpose = 'confirm' | 'unsubscribe' | 'handoff' | 'profile' | 'click' | 'open'

export interface TokenClaims {
  readonly leadId: LeadId
  readonly data: JsonObject
}

/** Signed links: one purpose, one lead, an expiry, no personal data. */
export interface Tokens {
  sign(purpose: TokenPurpose, claims: TokenClaims, expiresAt: string): string
  /** @returns undefined when forged, expired at `now`, or made for another purpose. */
  verify(purpose: TokenPurpose, token: string, now: string): TokenClaims | undefined
}

/** The playbook that is live, and any older version that a run began with. */
export interface Playbooks {
  current(): Promise<Playbook>
  /** @throws when the version was never kept: a defect. */
  version(version: string): Promise<Playbook>
  /** Makes the current version findable for as long as runs need it. Idempotent. */
  keep(playbook: Playbook): Promise<void>
}

/** One item for each lead and sequence: the latest run. */
export interface Runs {
  load(leadId: LeadId, sequence: string): Promise<Run | undefined>
  list(leadId: LeadId): Promise<readonly Run[]>
  /** One conditional write against `run.version`. @returns what stands. @throws Conflict */
  commit(run: Run): Promise<Run>
  /** Empties the outbox if nobody has committed since. */
  clearOutbox(run: Run): Promise<void>
}

/** One-time timers. Idempotent by name: making the same again changes nothing. */
export interface Timers {
  /** Puts `message` on the setter's own queue at `at`. */
  set(name: string, at: string, message: JsonObject): Promise<void>
}

/** A timer that could not be set when it should have been: it waits in the queue that its message is for. */
export interface LateTimer {
  readonly name: string
  readonly at: string
  readonly message: JsonObject
  /** How often it was refused. */
  readonly tries: number
}

/** Tries again to set what was refused. @throws Transient once it has been tried often enough: the message ends among the dead letters. */
export type SetLate = (timer: LateTimer) => Promise<void>

export interface Handoffs {
  load(leadId: LeadId, handoffId: string): Promise<Handoff | undefined>
  /** By id alone, for routes that name no lead. */
  find(handoffId: string): Promise<Handoff | undefined>
  list(leadId: LeadId): Promise<readonly Handoff[]>
  /** Newest first. @param owner a salesperson's address; a page of theirs may be short of `limit` and still have a next one. */
  page(query: {
    readonly state: HandoffState
    readonly owner?: string
    readonly limit: number
    readonly cursor?: string
  }): Promise<{ readonly items: readonly Handoff[]; readonly next?: string }>
  /** One conditional write against `handoff.version`. @returns what stands. @throws Conflict */
  commit(handoff: Handoff): Promise<Handoff>
  clearOutbox(handoff: Handoff): Promise<void>
  /** Brings what counts as open in its teams in line with a stored one. Idempotent; an older version replaces no newer one. */
  count(handoff: Handoff): Promise<void>
}

/** Leads that have deals. A lead's own state says which: a list may still name one that has no such deal any more. */
export interface DealLists {
  /** Brings the lists in line with what the lead's state says. Idempotent; an older version replaces no newer one. */
  note(lead: Pick<Lead, 'leadId' | 'version' | 'mergedInto' | 'state'>): Promise<void>
  /** The latest deal of a lead that began or ended decides; eventually consistent. */
  page(query: {
    readonly status: 'open' | 'won' | 'lost'
    readonly limit: number
    readonly cursor?: string
  }): Promise<{ readonly leadIds: readonly LeadId[]; readonly next?: string }>
}

/** States of earlier moments, kept beside the lead. Writing one does not make it valid: the ref in the lead does. */
export interface Checkpoints {
  keep(leadId: LeadId, slot: number, state: LeadState): Promise<CheckpointRef>
  /** @returns undefined when the slot holds another state now. */
  load(leadId: LeadId, ref: CheckpointRef): Promise<LeadState | undefined>
}

/** Merges on their way, each one conditional write on the item of the lead that goes into another. */
export interface MergeClaims {
  /**
   * Of two that claim a lead, one wins. A lead without an item gets one. It leaves the lists.
   * @param left joins that this one replaces. @throws Conflict when `lead.version` is no longer the stored one.
   */
  begin(
    lead: Pick<Lead, 'leadId' | 'version'>,
    into: LeadId,
    fact: Fact,
    left?: readonly LeftJoin[],
  ): Promise<void>
  /** @throws Conflict when the claim no longer stands. */
  confirm(leadId: LeadId, factId: string): Promise<void>
  /** The other lead's state holds it. Changes nothing when that was noted before. */
  settle(leadId: LeadId, factId: string): Promise<void>
  /** The lead stands for itself, whatever it did before. One without an item gets one. @throws Conflict when `lead.version` is no longer the stored one. */
  release(lead: Pick<Lead, 'leadId' | 'version'>): Promise<void>
}

/** Messages to the recorder itself that come a little later: for waits too short for a schedule. */
export interface LeadTimers {
  /** @param seconds whole, 0 to 900. */
  later(timer: LeadTimer, seconds: number): Promise<void>
}

/** Time has passed for a lead. */
export interface LeadTimer {
  readonly leadId: LeadId
  /**
   * The moment that it was to come at: it counts as long as the lead waits for that one. Absent: the lead is looked at
   * whatever it waits for, and all that it waits for is set again.
   */
  readonly at?: string
}

/** The days on which leads are looked at, whether they are still to be kept: one for each lead, in the order of days. */
export interface Reviews {
  /**
   * Sets the first day (YYYY-MM-DD); one that is set already stays.
   * @param isNew none is set as far as anybody knows: it goes out with whatever else is written at this moment.
   */
  begin(leadId: LeadId, day: string, isNew?: boolean): Promise<void>
  /** Those whose day is `day` or an earlier one, oldest first; eventually consistent. */
  due(query: {
    readonly day: string
    readonly limit: number
    readonly cursor?: string
  }): Promise<{ readonly leadIds: readonly LeadId[]; readonly next?: string }>
  /** Sets another day; nothing where none was set, as of somebody who was erased meanwhile. */
  move(leadId: LeadId, day: string): Promise<void>
  end(leadId: LeadId): Promise<void>
}

/** Why an address is not written to, whoever has it. */
export type Suppression = SuppressedAddress

/**
 * Addresses that are not written to, by the keyed hash of an address's key: what is kept tells nobody whose it is, and
 * outlives the lead. Mail that bounces is kept by `mailboxKey`; who is erased by every identity key, of which that is one.
 * Reads are strongly consistent.
 */
export interface Suppressions {
  /** Of two reasons the weightier stands (`outweighed`), of two that weigh the same the later one. */
  add(addressHash: string, reason: Suppression['reason'], at: string): Promise<void>
  /** Notes an erasure beside whatever reason stands; the latest one stays. Browsers stand here as well, as hashes. */
  addErasure(hash: string, at: string): Promise<void>
  find(addressHash: string): Promise<Suppression | undefined>
}

/** What stands against writing to the mailbox of an address. */
export type SuppressionOf = (address: string) => Promise<Suppression | undefined>

/** Has nobody write to the mailbox of an address any more, under whatever lead. */
export type SuppressAddress = (address: string, suppression: Suppression) => Promise<void>

/** What holds for a whole sequence, whoever is in it. */
export interface SequenceStates {
  /** Strongly consistent; a sequence that nobody has touched runs. */
  load(sequence: string): Promise<SequenceState>
  /** One conditional write against `state.version`. @returns what stands. @throws Conflict */
  commit(sequence: string, state: SequenceState): Promise<SequenceState>
}

/** Latest runs of all leads through one sequence; eventually consistent, in pages, oldest entry first. Cursors begin with the status and `#`. */
export interface RunList {
  page(query: {
    readonly sequence: string
    readonly status: RunStatus['type']
    readonly limit: number
    readonly cursor?: string
  }): Promise<{ readonly items: readonly Run[]; readonly next?: string }>
  /** How many stand where: in a few requests, however many there are. */
  counts(sequence: string): Promise<Readonly<Record<RunStatus['type'], number>>>
}

/** Puts on the bus what is about no lead. @throws Transient */
export type Announce = (event: Announcement) => Promise<void>

/** The nurture queue: work on many runs goes on in small pieces. */
export type EnqueueNurture = (message: JsonObject) => Promise<void>
