import { roomForBrowsers } from '../../domain/lead/counts.ts'
import { decide } from '../../domain/lead/decide.ts'
import { isStructural } from '../../domain/lead/filter-facts.ts'
import { extendLead, foldLead } from '../../domain/lead/fold.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { scoreAt } from '../../domain/lead/lead-view.ts'
import { membersOf } from '../../domain/lead/log.ts'
import { compareFacts, type Fact, type LeadId } from '../../domain/model/activity.ts'
import { markUnheard } from '../../domain/model/endpoint.ts'
import { sizeOf } from '../../domain/model/state-limits.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { decideAwaited, markNoNews, mayBegin } from '../../domain/sequence/awaited.ts'
import {
  type BegunMerge,
  type CheckpointRef,
  type Checkpoints,
  Conflict,
  type Lead,
  type Leads,
  type MergeClaims,
} from '../ports.ts'
import {
  allTimers,
  appendFacts,
  isAwaited,
  makeBeginReview,
  makeCountForms,
  makePublishLead,
  makeSetTimers,
  markSends,
  planTimers,
} from './commit-lead.ts'
import type { FirstTimes, Found, RecordPorts } from './record-ports.ts'
import { makeRescoreLead } from './rescore-lead.ts'

/** The state that a lead's log folds to, and how much of it was read. */
interface Folded extends Required<Pick<Lead, 'checkpoints' | 'sinceCheckpoint' | 'members'>> {
  readonly state: LeadState
  /** What it was made of: the facts that came after `base`. */
  readonly base: LeadState | undefined
  readonly facts: readonly Fact[]
  /** The whole log, if that was read. */
  readonly history?: readonly Fact[]
}

interface Folding {
  readonly lead: Lead
  /** New ones, and perhaps known ones among them. None: time has passed. */
  readonly facts: readonly Fact[]
  /** The log itself has changed in a way that no part of it tells. */
  readonly whole: boolean
  readonly rules: Rules
  readonly now: string
}

interface FoldFactsPorts {
  readonly leads: Pick<Leads, 'history' | 'tail'>
  readonly checkpoints: Pick<Checkpoints, 'load'>
}

const isBefore = ({ last }: CheckpointRef, fact: Fact | undefined): boolean =>
  fact === undefined || compareFacts({ ...fact, ...last }, fact) < 0

/**
 * Brings a lead's state up to its log: by the new facts alone where they come after all others, else from the latest
 * checkpoint before them, else from the whole log.
 * @returns undefined for an empty log.
 */
const makeFoldFacts = ({ leads, checkpoints }: FoldFactsPorts) => {
  const fromWholeLog = async (
    leadId: LeadId,
    { rules, now }: Pick<Folding, 'rules' | 'now'>,
  ): Promise<Folded | undefined> => {
    const { facts, members } = await leads.history(leadId)
    const state = foldLead(facts, rules, now)
    const read = { base: undefined, facts, history: facts, members }
    return state && { ...read, state, checkpoints: [], sinceCheckpoint: facts.length }
  }

  const fromCheckpoint = async (
    { lead, rules, now }: Folding,
    earliest: Fact | undefined,
  ): Promise<Folded | undefined> => {
    const { leadId, members = [] } = lead
    const refs = (lead.checkpoints ?? []).filter((ref) => isBefore(ref, earliest))
    for (let count = refs.length; count > 0; count -= 1) {
      const ref = refs[count - 1]
      const base = ref && (await checkpoints.load(leadId, ref))
      if (!ref || base?.rules !== rules.playbook.rulesVersion) continue
      const facts = await leads.tail(leadId, ref.last, members)
      const state = extendLead(base, facts, rules, now)
      const read = { base, facts, members, sinceCheckpoint: facts.length }
      if (state) return { ...read, state, checkpoints: refs.slice(0, count) }
    }
    return undefined
  }

  return async (folding: Folding): Promise<Folded | undefined> => {
    const { lead, facts, whole, rules, now } = folding
    const { leadId, state: base, checkpoints: refs = [], sinceCheckpoint = 0, members = [] } = lead
    const isBegun = base !== undefined || lead.version === 0
    if (whole || !isBegun || facts.some(isStructural)) return fromWholeLog(leadId, folding)
    const fresh = facts.filter(({ id }) => !base?.recentIds.includes(id)).toSorted(compareFacts)
    const extended = base || fresh.length > 0 ? extendLead(base, fresh, rules, now) : undefined
    if (extended)
      return {
        state: extended,
        base,
        facts: fresh,
        checkpoints: refs,
        sinceCheckpoint: sinceCheckpoint + fresh.length,
        members,
      }
    return (await fromCheckpoint(folding, fresh[0])) ?? fromWholeLog(leadId, folding)
  }
}

/** Facts between two checkpoints: a late fact reads at most about twice as many. */
const factsBetweenCheckpoints = 128

interface KeptCheckpoint {
  readonly checkpoints: readonly CheckpointRef[]
  readonly sinceCheckpoint: number
}

/**
 * The state right after some facts: what fades later is not in it, so that facts of long ago can still be added. None
 * while a hit is held back: it would come before the checkpoint once it is counted.
 */
const stateAfter = (
  base: LeadState | undefined,
  facts: readonly Fact[],
  rules: Rules,
): LeadState | undefined => {
  const at = facts.at(-1)?.occurredAt
  if (at === undefined) return undefined
  const state = base ? extendLead(base, facts, rules, at) : foldLead(facts, rules, at)
  return state?.heldUntil === undefined ? state : undefined
}

/** Where many facts were read, the place some way before their end: the next late one need not read as many. Not before a fact that changes what came before it. */
const placeBeforeEnd = (facts: readonly Fact[]): number =>
  facts.length < 2 * factsBetweenCheckpoints
    ? 0
    : Math.max(facts.length - factsBetweenCheckpoints, facts.findLastIndex(isStructural) + 1)

/**
 * Keeps the state from time to time, in the one of two slots that does not hold the latest checkpoint. The slot is written
 * before the lead: the loser of the race for the lead leaves a state there that no ref names.
 */
const makeKeepCheckpoint = ({ keep }: Pick<Checkpoints, 'keep'>) => {
  const add = async (leadId: LeadId, refs: readonly CheckpointRef[], state: LeadState) => {
    const latest = refs.at(-1)
    const ref = await keep(leadId, latest?.slot === 0 ? 1 : 0, state)
    return latest ? [latest, ref] : [ref]
  }

  return async (leadId: LeadId, folded: Folded, rules: Rules): Promise<KeptCheckpoint> => {
    const { base, facts } = folded
    let { checkpoints, sinceCheckpoint } = folded
    const place = placeBeforeEnd(facts)
    const before = place > 0 ? stateAfter(base, facts.slice(0, place), rules) : undefined
    if (before) {
      checkpoints = await add(leadId, checkpoints, before)
      sinceCheckpoint = facts.length - place
    }
    const after = sinceCheckpoint < factsBetweenCheckpoints ? undefined : stateAfter(base, facts, rules)
    return after
      ? { checkpoints: await add(leadId, checkpoints, after), sinceCheckpoint: 0 }
      : { checkpoints, sinceCheckpoint }
  }
}

const firstAddress = (facts: readonly Fact[]): string | undefined =>
  facts.find(({ email }) => email !== undefined)?.email

/**
 * The address that a lead is written to: the first that was known of its own, or else that of a lead merged into it.
 * @param facts new ones. @param history the whole log, if it was read: then an address that left with a lead is forgotten.
 */
const knownAddress = (
  { email }: Pick<Lead, 'email'>,
  facts: readonly Fact[],
  history?: readonly Fact[],
): string | undefined => {
  const all = history ?? facts
  const own = all.filter(({ member }) => member === undefined)
  const ofMembers = all.filter(({ member }) => member !== undefined)
  if (history === undefined) return email ?? firstAddress(own) ?? firstAddress(ofMembers)
  const isOf = (list: readonly Fact[]): boolean => list.some((fact) => fact.email === email)
  if (email !== undefined && isOf(own)) return email
  return firstAddress(own) ?? (email !== undefined && isOf(ofMembers) ? email : firstAddress(ofMembers))
}

/** All that a batch holds about one person. */
export interface Person extends Root {
  readonly arrivals: readonly Found[]
  /** What their own logs know of them, by lead. */
  readonly times: ReadonlyMap<LeadId, FirstTimes>
  /** Read the whole log: it has changed otherwise than by what arrives. */
  readonly whole: boolean
  /** Time has passed: the moments that were waited for, or undefined for a look at all that there is to wait for. */
  readonly leadTimers: readonly (string | undefined)[]
}

/** Decisions that wait because the bus takes none, in bytes: more would not fit the lead's item beside its state. */
const mostWaiting = 256 * 1024

/** States are plain JSON that the fold builds in one way: equal states have equal texts. */
const sameJson = (a: unknown, b: unknown): boolean => a === b || JSON.stringify(a) === JSON.stringify(b)

/** What browsers report beyond the room that there is for it is dropped: anybody can send it, without end. */
const withinRoom = (
  arrivals: readonly Found[],
  lead: Lead | undefined,
  state: LeadState | undefined,
): readonly Found[] => {
  const isBrowsers = ({ activity }: Found): boolean => 'visitorId' in activity.subject
  const hasAddress = lead?.email !== undefined || arrivals.some((one) => 'email' in one.activity.subject)
  const kept = new Set(arrivals.filter(isBrowsers).slice(0, roomForBrowsers(state, hasAddress)))
  return arrivals.filter((one) => !isBrowsers(one) || kept.has(one))
}

/** Facts that nobody has marked their sends by. */
const unmarked = (facts: readonly Fact[], { arrivals }: Person): readonly Fact[] => {
  const marked = new Set(arrivals.flatMap((one) => (one.marked ? [one.activity.id] : [])))
  return marked.size === 0 ? facts : facts.filter(({ id }) => !marked.has(id))
}

type Kept = Lead & { readonly state: LeadState }

const isUnchanged = (next: Kept, stored: Lead): boolean =>
  sameJson(next.state, stored.state) &&
  stored.unlisted === undefined &&
  next.email === stored.email &&
  next.wakeAt === stored.wakeAt &&
  sameJson(next.members ?? [], stored.members ?? [])

/** Whether the log of the lead that `merging` went into says that it is apart again. */
const wasSetApart = ({ leadId, mergedInto }: Merging, root: LeadId, history: readonly Fact[]): boolean => {
  const isOwn = ({ member }: Fact): boolean => (member ?? root) === mergedInto
  const own = history.filter(isOwn).map(({ member: _member, ...fact }) => fact)
  return !membersOf(own).members.includes(leadId)
}

/**
 * Takes what came in about one person: append to the logs, fold, decide, commit state and decisions in one conditional
 * write, publish. A repeat finds everything there and writes nothing; what a crash left unpublished or half merged is
 * completed then.
 * @returns leads that stand for themselves again and have to be folded again.
 * @throws Conflict when somebody else was faster, Transient when the bus does not take the decisions.
 */
export const makeRecordLead = (ports: RecordPorts) => {
  const { leads, claims, clock } = ports
  const foldFacts = makeFoldFacts(ports)
  const keepCheckpoint = makeKeepCheckpoint(ports.checkpoints)
  const countForms = makeCountForms(ports)
  const beginReview = makeBeginReview(ports)
  const publish = makePublishLead({ ...ports, setTimers: makeSetTimers(ports) })
  const rescoreLead = makeRescoreLead(ports)

  /** A state that was folded under other rules is brought under these first: what follows from that is no news. */
  const underTheseRules = async (stored: Lead, rules: Rules): Promise<Lead> => {
    if (!stored.state || stored.state.rules === rules.playbook.rulesVersion) return stored
    await rescoreLead(stored.leadId, rules)
    const lead = await leads.load(stored.leadId)
    if (lead === undefined || lead.mergedInto !== undefined)
      throw new Conflict(`lead ${stored.leadId} is gone`)
    return lead
  }

  /** Sets the day on which a lead that is nowhere stored is looked at first. */
  const beginFirstReview = async (
    leadId: LeadId,
    facts: readonly Fact[],
    rules: Rules,
    now: string,
  ): Promise<boolean> => {
    const state = foldLead(facts, rules, now)
    const email = firstAddress(facts)
    const known = { leadId, ...(email !== undefined && { email }) }
    if (state) await beginReview({ ...known, state }, rules, { now, isNew: true })
    return state !== undefined
  }

  const append = async (person: Person, state: LeadState | undefined, rules: Rules, recordedAt: string) => {
    const { leadId, lead, begun, arrivals, times: known } = person
    const reviewed: { underReview?: true } = {}
    const review = async (first: readonly Fact[]): Promise<void> => {
      if (await beginFirstReview(leadId, first, rules, recordedAt)) reviewed.underReview = true
    }
    await Promise.all(
      begun.map(({ mergedInto, merge }) => leads.append(mergedInto, [{ ...merge.fact, recordedAt }])),
    )
    const logs = [...Map.groupBy(withinRoom(arrivals, lead, state), (arrival) => arrival.leadId)]
    const appended = await Promise.all(
      logs.map(async ([owner, list]) => {
        const activities = list.map(({ activity }) => activity)
        const times = known.get(owner) ?? new Map()
        const beside = lead === undefined && owner === leadId ? review : undefined
        const appending = { leadId: owner, activities, state, rules, recordedAt, times, beside }
        const facts = await appendFacts(leads, appending)
        return owner === leadId ? facts : facts.map((fact) => ({ ...fact, member: owner }))
      }),
    )
    return { facts: appended.flat(), ...reviewed }
  }

  const releaseApart = async (
    { leadId, begun }: Person,
    history: readonly Fact[],
  ): Promise<readonly LeadId[]> => {
    const apart = begun.filter((merging) => wasSetApart(merging, leadId, history))
    await Promise.all(apart.map((merging) => claims.release(merging)))
    return apart.map((merging) => merging.leadId)
  }

  /** Commits what has changed with what follows from it; where nothing has, publishes what was left to publish. */
  const commit = async (
    lead: Lead,
    changed: Kept,
    folded: Folded,
    { facts, whole, rules, now }: Omit<Folding, 'lead'>,
  ): Promise<void> => {
    if (isUnchanged(changed, lead)) {
      const { owedWakes = lead.owedWakes } = changed
      return publish({ ...lead, ...(owedWakes && { owedWakes }) })
    }
    if (sizeOf(lead.outbox) > mostWaiting) {
      await publish(lead)
      throw new Conflict(`lead ${lead.leadId} was published by another`)
    }
    const checkpoints = await keepCheckpoint(lead.leadId, folded, rules)
    const hasNoRun = lead.version === 0 || lead.followed === false
    const decided = ports.noNews
      ? markNoNews(decide(changed, lead.state, folded.state, ports.noNews), { isNew: false })
      : decideAwaited({ ...changed, mayRun: !hasNoRun }, lead.state, { facts, whole }, { rules, now })
    const followed = hasNoRun ? { followed: mayBegin(decided) } : {}
    const outbox = [...lead.outbox, ...markUnheard(decided, rules.playbook.handoff.notify)]
    const next = await beginReview({ ...changed, ...followed, ...checkpoints, outbox }, rules, { now })
    await publish(await leads.commit(next, scoreAt(next, rules, now).score))
  }

  return async (person: Person, rules: Rules): Promise<readonly LeadId[]> => {
    const { leadId, begun } = person
    const now = clock()
    const lead = await underTheseRules(person.lead ?? { leadId, version: 0, outbox: [] }, rules)
    const { facts, ...reviewed } = await append(person, lead.state, rules, now)
    await countForms(facts, now)
    // An id that stood with another time: the log has changed before what is new.
    const moved = facts.some(({ known, occurredAt }) => known !== undefined && known !== occurredAt)
    const whole = person.whole || moved || begun.length > 0
    const woken = person.leadTimers.some((at) => at === undefined || isAwaited(lead, at))
    const isLookedThrough = person.leadTimers.includes(undefined)
    // Nothing is new to the lead, or its timer was replaced since: but whoever took it may have died before it told of it.
    if (facts.length === 0 && !whole && !woken) {
      await publish(lead)
      return []
    }
    const folded = await foldFacts({ lead, facts, whole, rules, now })
    if (folded === undefined) return []
    const apart = await releaseApart(person, folded.history ?? [])
    const read = [leadId, ...folded.members, ...apart]
    // Its lead was still seen here, and has gone to somebody else.
    if (!person.arrivals.every((arrival) => read.includes(arrival.leadId)))
      throw new Conflict(`a lead has left lead ${leadId}`)
    const email = knownAddress(lead, facts, folded.history)
    const { email: _email, wakeAt: _wakeAt, owedWakes: _owedWakes, unlisted: _unlisted, ...rest } = lead
    const isFirst = lead.version === 0
    const known = {
      ...rest,
      ...reviewed,
      ...(isFirst && ({ noted: true, lacked: false } as const)),
      ...(email !== undefined && { email }),
      members: folded.members,
    }
    const suppressed = lead.suppressed ?? person.arrivals.find((one) => one.suppressed)?.suppressed
    const planned: Kept = {
      ...known,
      state: folded.state,
      ...(suppressed && { suppressed }),
      ...planTimers(lead, folded.state, rules, now),
    }
    const mail = { before: lead.state, after: folded.state }
    await markSends(ports.sendMarks, unmarked(facts, person), [leadId, ...folded.members], mail)
    const changed = isLookedThrough ? { ...planned, owedWakes: allTimers(planned) } : planned
    await commit(lead, changed, folded, { facts, whole, rules, now })
    const settled = begun.filter((merging) => !apart.includes(merging.leadId))
    await Promise.all(settled.map((merging) => claims.settle(merging.leadId, merging.merge.fact.id)))
    return apart
  }
}

/** A lead on its way into another one, which does not hold it yet. */
type Merging = Lead & { readonly mergedInto: LeadId; readonly merge: BegunMerge }

export interface Root {
  readonly leadId: LeadId
  /** Absent where nothing is stored. */
  readonly lead?: Lead
  /** Merges on the way there that wait to be carried on. */
  readonly begun: readonly Merging[]
}

const isMerging = (lead: Lead): lead is Merging => lead.mergedInto !== undefined && lead.merge !== undefined

interface FindRootPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly claims: Pick<MergeClaims, 'confirm' | 'release'>
}

/**
 * Follows a lead to the root lead of the person. A merge that has begun is confirmed on the way: it was claimed
 * before the way was walked to its end, so of all merges that would close a circle the last one claimed sees the others,
 * and no circle is ever confirmed. What has not been confirmed is taken back where a circle shows.
 * @throws Conflict where merges met.
 */
export const makeFindRoot =
  ({ leads, claims }: FindRootPorts) =>
  async (from: LeadId): Promise<Root> => {
    const passed: Lead[] = []
    for (let leadId = from; ; ) {
      const lead = await leads.load(leadId)
      if (lead?.mergedInto === undefined) {
        const begun = passed.filter(isMerging)
        for (const { leadId: member, merge } of begun)
          if (!merge.confirmed) await claims.confirm(member, merge.fact.id)
        return lead ? { leadId, lead, begun } : { leadId, begun }
      }
      const circle = passed.slice(passed.findIndex((one) => one.leadId === leadId))
      if (passed.some((one) => one.leadId === leadId)) {
        const open = circle.find(({ merge }) => merge?.confirmed === false)
        if (!open) throw new Error(`lead ${leadId} was merged in a circle`)
        await claims.release(open)
        throw new Conflict(`two merges of lead ${open.leadId} met`)
      }
      passed.push(lead)
      leadId = lead.mergedInto
    }
  }
