import type { Fact } from '../../domain/activity/activity.ts'
import { roomForBrowsers } from '../../domain/lead/browser-room.ts'
import { decide } from '../../domain/lead/decide.ts'
import { membersOf } from '../../domain/lead/family.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { sizeOf } from '../../domain/lead/state-limits.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import { scoreAt } from '../../domain/scoring/score.ts'
import { Conflict, type Lead } from '../ports.ts'
import { appendFacts } from './append-facts.ts'
import { makeBeginReview } from './begin-review.ts'
import { makeCountForms } from './count-forms.ts'
import type { Found } from './find-leads.ts'
import type { Merging, Root } from './find-root.ts'
import { makeFoldFacts } from './fold-facts.ts'
import { makeKeepCheckpoint } from './keep-checkpoint.ts'
import { knownAddress } from './known-address.ts'
import { markSends } from './mark-sends.ts'
import { makePublishLead } from './publish-lead.ts'
import type { RecordPorts } from './record-ports.ts'
import { makeRescoreLead } from './rescore-lead.ts'
import { allWakes, isAwaited, makeSetWakes, planWakes } from './set-wakes.ts'

/** All that a batch holds about one person. */
export interface Person extends Root {
  readonly arrivals: readonly Found[]
  /** Read the whole log: it has changed otherwise than by what arrives. */
  readonly whole: boolean
  /** Time has passed: the moments that were waited for, or undefined for a look at all that there is to wait for. */
  readonly wakes: readonly (string | undefined)[]
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
 * @returns leads that stand for themselves again and have to be folded anew.
 * @throws Conflict when somebody else was faster, Transient when the bus does not take the decisions.
 */
export const makeRecordLead = (ports: RecordPorts) => {
  const { leads, claims, clock } = ports
  const foldFacts = makeFoldFacts(ports)
  const keepCheckpoint = makeKeepCheckpoint(ports.checkpoints)
  const countForms = makeCountForms(ports)
  const beginReview = makeBeginReview(ports)
  const publish = makePublishLead({ ...ports, setWakes: makeSetWakes(ports) })
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

  const append = async (
    { leadId, lead, begun, arrivals }: Person,
    state: LeadState | undefined,
    rules: Rules,
    recordedAt: string,
  ) => {
    await Promise.all(
      begun.map(({ mergedInto, merge }) => leads.append(mergedInto, [{ ...merge.fact, recordedAt }])),
    )
    const logs = [...Map.groupBy(withinRoom(arrivals, lead, state), (arrival) => arrival.leadId)]
    const appended = await Promise.all(
      logs.map(async ([owner, list]) => {
        const activities = list.map(({ activity }) => activity)
        const facts = await appendFacts(leads, { leadId: owner, activities, state, rules, recordedAt })
        return owner === leadId ? facts : facts.map((fact) => ({ ...fact, member: owner }))
      }),
    )
    return appended.flat()
  }

  const releaseApart = async (
    { leadId, begun }: Person,
    history: readonly Fact[],
  ): Promise<readonly LeadId[]> => {
    const apart = begun.filter((merging) => wasSetApart(merging, leadId, history))
    await Promise.all(apart.map((merging) => claims.release(merging)))
    return apart.map((merging) => merging.leadId)
  }

  return async (person: Person, rules: Rules): Promise<readonly LeadId[]> => {
    const { leadId, begun } = person
    const now = clock()
    const lead = await underTheseRules(person.lead ?? { leadId, version: 0, outbox: [] }, rules)
    const facts = await append(person, lead.state, rules, now)
    await countForms(facts, now)
    // An id that stood with another time: the log has changed before what is new.
    const moved = facts.some(({ known, occurredAt }) => known !== undefined && known !== occurredAt)
    const whole = person.whole || moved || begun.length > 0
    const woken = person.wakes.some((at) => at === undefined || isAwaited(lead, at))
    const isLookedThrough = person.wakes.includes(undefined)
    // Whoever waits for nothing of it has nothing to do with a wake; an activity that comes again completes what was left.
    if (facts.length === 0 && !whole && !woken) {
      if (person.wakes.length === 0 || person.arrivals.length > 0) await publish(lead, lead.version)
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
    const known = { ...rest, ...(email !== undefined && { email }), members: folded.members }
    const suppressed = lead.suppressed ?? person.arrivals.find((one) => one.suppressed)?.suppressed
    const planned: Kept = {
      ...known,
      state: folded.state,
      ...(suppressed && { suppressed }),
      ...planWakes(lead, folded.state, rules, now),
    }
    const mail = { before: lead.state, after: folded.state }
    await markSends(ports.sendMarks, facts, [leadId, ...folded.members], mail)
    const changed = isLookedThrough ? { ...planned, owedWakes: allWakes(planned) } : planned
    if (isUnchanged(changed, lead)) {
      const { owedWakes = lead.owedWakes } = changed
      await publish({ ...lead, ...(owedWakes && { owedWakes }) }, lead.version)
    } else {
      if (sizeOf(lead.outbox) > mostWaiting) {
        await publish(lead, lead.version)
        throw new Conflict(`what lead ${leadId} had to tell was told first`)
      }
      const checkpoints = await keepCheckpoint(leadId, folded, rules)
      const outbox = [...lead.outbox, ...decide(changed, lead.state, folded.state)]
      const next = await beginReview({ ...changed, ...checkpoints, outbox }, rules, now)
      await leads.commit(next, scoreAt(next, rules, now).score)
      await publish(next, next.version + 1)
    }
    const settled = begun.filter((merging) => !apart.includes(merging.leadId))
    await Promise.all(settled.map((merging) => claims.settle(merging.leadId, merging.merge.fact.id)))
    return apart
  }
}
