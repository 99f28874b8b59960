import { decide } from '../../domain/lead/decide.ts'
import { expandActivity } from '../../domain/lead/expand-activity.ts'
import { foldLead } from '../../domain/lead/fold.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { scoreAt } from '../../domain/lead/lead-view.ts'
import type { Activity, Fact } from '../../domain/model/activity.ts'
import type { Decision } from '../../domain/model/decision.ts'
import { markUnheard } from '../../domain/model/endpoint.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { markNoNews } from '../../domain/sequence/awaited.ts'
import type { Lead } from '../ports.ts'
import { unlessConflict } from '../retry-conflicts.ts'
import { makeBeginReview, makePublishLead, makeSetTimers, planTimers } from './commit-lead.ts'
import type { Found, RecordPorts } from './record-ports.ts'

/** Somebody of whom nothing was known: the lead was claimed for what is said of them now. */
export interface FirstHeard extends Pick<Found, 'leadId' | 'suppressed'> {
  /** About an address, with times of their own. */
  readonly activities: readonly Activity[]
  /** As it stands, where an earlier attempt may have made it. */
  readonly lead?: Lead | undefined
}

type BeginPorts = Pick<
  RecordPorts,
  'leads' | 'reviews' | 'bus' | 'timers' | 'leadTimers' | 'figures' | 'clock'
>

/** A lead that is to stand, and what follows from that. */
interface Planned {
  readonly lead: Lead & { readonly state: LeadState }
  readonly facts: readonly Fact[]
  readonly decided: readonly Decision[]
}

/** Follows from what is said alone: a repeat decides the same under the same ids. */
const plan = (
  { leadId, activities, suppressed }: FirstHeard,
  { rules, rescored, now }: { readonly rules: Rules; readonly rescored: string; readonly now: string },
): Planned | undefined => {
  const facts = activities.flatMap((activity) => expandActivity(activity, rules))
  const email = facts.find((fact) => fact.email !== undefined)?.email
  const state = foldLead(facts, rules, now)
  if (!state) return undefined
  const lead = {
    ...{ leadId, version: 0, outbox: [], state, members: [], checkpoints: [], sinceCheckpoint: facts.length },
    ...(email !== undefined && { email }),
    ...(suppressed && { suppressed }),
    ...({ noted: true, followed: false, lacked: false } as const),
  }
  const decided = markNoNews(decide(lead, undefined, state, { rescored }), { isNew: true })
  return {
    lead: { ...lead, ...planTimers(lead, state, rules, now) },
    facts,
    decided: markUnheard(decided, rules.playbook.handoff.notify),
  }
}

const holds = ({ state }: Lead, { facts }: Planned): boolean =>
  facts.every(({ id }) => state?.recentIds.includes(id))

/**
 * Records what is first said of many leads, as the recorder would that takes it for no news: the facts of all in as few
 * requests as there can be, then each lead in one conditional write, then what follows. There is no outbox: whoever calls
 * does so again after a crash, with all of them, and what follows is told again under the same ids.
 * @param rescored marks what is decided: no sequence begins with it, and nobody is handed over.
 * @returns those that somebody else has written to meanwhile: they are for the recorder, who finds what of it stands.
 * @throws Transient when the bus does not take the decisions.
 */
export const makeBeginLeads = (ports: BeginPorts) => {
  const { leads, bus, figures, clock } = ports
  const beginReview = makeBeginReview(ports)
  const setOwedTimers = makePublishLead({ ...ports, setTimers: makeSetTimers(ports) })

  /** What stands before the lead does. */
  const prepare = async (planned: Planned, rules: Rules, now: string): Promise<Planned> => {
    const { lead, facts } = planned
    const recorded = facts.map((fact) => ({ ...fact, recordedAt: now, isUnknown: true }))
    const [reviewed] = await Promise.all([
      beginReview(lead, rules, { now, isNew: true }),
      leads.append(lead.leadId, recorded),
    ])
    return { ...planned, lead: reviewed }
  }

  /** @returns what stands then; undefined where somebody else was faster. */
  const write = ({ lead }: Planned, rules: Rules, now: string): Promise<Lead | undefined> =>
    unlessConflict(leads.commit(lead, scoreAt(lead, rules, now).score))

  return async (
    all: readonly FirstHeard[],
    rules: Rules,
    rescored: string,
  ): Promise<readonly FirstHeard[]> => {
    const now = clock()
    const taken: FirstHeard[] = []
    const decided: Decision[] = []
    // Before any lead is written, so that all of them meet.
    const prepared = await Promise.all(
      all.map(async (one) => {
        const planned = plan(one, { rules, rescored, now })
        return { one, planned: planned && !one.lead ? await prepare(planned, rules, now) : planned }
      }),
    )
    const begin = async (one: FirstHeard, planned: Planned): Promise<void> => {
      const known = one.lead && holds(one.lead, planned) ? one.lead : undefined
      const lead = one.lead ? known : await write(planned, rules, now)
      if (!lead) {
        taken.push(one)
        return
      }
      decided.push(...planned.decided)
      await setOwedTimers({ ...lead, outbox: [] })
    }
    await Promise.all(prepared.map(({ one, planned }) => planned && begin(one, planned)))
    await bus.publish(decided)
    const begun = all.filter((one) => !taken.includes(one))
    if (begun.length > 0) await figures?.leadsChanged(begun.map(({ leadId }) => leadId))
    return taken
  }
}
