import { decide } from '../../domain/lead/decide.ts'
import { hitReleasedAt } from '../../domain/lead/filter-facts.ts'
import { foldLead } from '../../domain/lead/fold.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { nextWake, scoreAt } from '../../domain/lead/lead-view.ts'
import { compareFacts, type Fact, type LeadId } from '../../domain/model/activity.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { changedBetween, type RescoreOutcome } from '../../domain/rescoring/rescore-job.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { Bus, Clock, Lead, Leads, LeadTimers, Reviews } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { makeBeginReview, makePublishLead, nextWholeSecond, type PlannedTimers } from './commit-lead.ts'

export interface RescoreLeadPorts {
  readonly leads: Pick<Leads, 'load' | 'facts' | 'commit' | 'clearOutbox'>
  readonly bus: Pick<Bus, 'publish'>
  readonly leadTimers: LeadTimers
  readonly reviews: Pick<Reviews, 'begin'>
  /** Told of a lead that stood under other rules, before it is changed: perhaps others do. @default nobody is told */
  readonly ensureRescored?: (live: Playbook, previous: string) => Promise<void>
  readonly clock: Clock
  /** Waits a random part of `ms` milliseconds. */
  readonly pauseUpTo: (ms: number) => Promise<void>
}

/** A lead that the present rules have been put to. */
type Known = Lead & { readonly state: LeadState }

/**
 * The part of the log that the state stands on. What has come since is news, and is left to the message that brings it: its
 * decisions must not be taken for old ones. Hits that are held back belong to both: they decide nothing yet.
 */
const factsOf = (state: LeadState, log: readonly Fact[]): readonly Fact[] =>
  log.filter(
    (fact) => compareFacts(fact, { ...fact, ...state.last }) <= 0 || hitReleasedAt(fact) !== undefined,
  )

/** Seconds until the recorder looks at a lead that was rescored: whatever is on its way has come by then. */
const lookAfter = 5

/** Whether the lead changes by itself before anybody is woken to look: then the recorder is, and sets its timer. */
const coolsUnnoticed = ({ wakeAt }: Lead, state: LeadState, rules: Rules, now: string): boolean => {
  const next = nextWake(state, rules, now)
  return next !== undefined && (wakeAt === undefined || wakeAt <= now || wakeAt > next)
}

/** A look at it in a moment is committed with the state, and asked for afterwards: what is not committed asks for nothing. */
const lookSoon = (lead: Lead, state: LeadState, rules: Rules, now: string): PlannedTimers => {
  if (!coolsUnnoticed(lead, state, rules, now)) return {}
  const at = nextWholeSecond(addMilliseconds(now, lookAfter * 1000))
  return { wakeAt: at, owedWakes: [at] }
}

/**
 * Brings a lead under `rules` whose state was folded under others: the whole log, one conditional write. What follows is
 * marked as rescored; nobody is mailed for it. Safe to repeat, and to do from two sides at once.
 * @param page counts the lead for one page of a job (`pageMark`): it answers `changed` or `same` on that page alone.
 * @throws Conflict after several attempts, Transient when the bus does not take the decisions.
 */
export const makeRescoreLead = (ports: RescoreLeadPorts) => {
  const { leads, leadTimers, clock, pauseUpTo } = ports
  const beginReview = makeBeginReview(ports)
  // The recorder alone sets timers: it is asked to look at all that the lead waits for.
  const publish = makePublishLead({
    ...ports,
    setTimers: ({ leadId }) => leadTimers.later({ leadId }, lookAfter),
  })

  const commit = async (lead: Known, rules: Rules): Promise<void> => {
    const now = clock()
    await publish(
      await leads.commit(await beginReview(lead, rules, { now }), scoreAt(lead, rules, now).score),
    )
  }

  /** It stands under these rules: since it was rescored, or because it began under them. */
  const countKnown = async (lead: Known, rules: Rules, page?: string): Promise<RescoreOutcome> => {
    const { rescored } = lead
    if (rescored?.rules !== lead.state.rules) return 'untouched'
    const countHere = page !== undefined && rescored.page === undefined
    if (countHere) await commit({ ...lead, rescored: { ...rescored, page } }, rules)
    // A process that died after its commit has told nobody.
    else await publish(lead)
    if (!countHere && rescored.page !== page) return 'untouched'
    return rescored.changed ? 'changed' : 'same'
  }

  const attempt = async (leadId: LeadId, rules: Rules, page?: string): Promise<RescoreOutcome> => {
    const lead = await leads.load(leadId)
    if (!lead?.state || lead.mergedInto !== undefined) return 'gone'
    const { state: before } = lead
    const now = clock()
    const { rulesVersion } = rules.playbook
    if (before.rules === rulesVersion) return countKnown({ ...lead, state: before }, rules, page)
    await ports.ensureRescored?.(rules.playbook, before.rules)
    const facts = factsOf(before, await leads.facts(leadId))
    const state = foldLead(facts, rules, now)
    if (!state) return 'gone'
    const changed = changedBetween(before, state)
    const decided = decide(lead, before, state, { rescored: rulesVersion })
    const rescored = { rules: rulesVersion, changed, ...(page !== undefined && { page }) }
    const kept = { checkpoints: [], sinceCheckpoint: facts.length, rescored }
    const outbox = [...lead.outbox, ...decided]
    await commit({ ...lead, state, outbox, ...kept, ...lookSoon(lead, state, rules, now) }, rules)
    return changed ? 'changed' : 'same'
  }

  return (leadId: LeadId, rules: Rules, page?: string): Promise<RescoreOutcome> =>
    retryConflicts(() => attempt(leadId, rules, page), { pauseUpTo })
}
