import { decide } from '../../domain/lead/decide.ts'
import { extendLead, foldLead } from '../../domain/lead/fold.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { scoreAt } from '../../domain/scoring/score.ts'
import type { Lead } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { appendFacts } from './append-facts.ts'
import type { LeadArrivals } from './gather-activities.ts'
import type { RecordPorts } from './record-ports.ts'

const newLead = ({ leadId }: LeadArrivals): Lead => ({ leadId, version: 0, outbox: [] })

const withEmail = (lead: Lead, email: string | undefined): Lead =>
  email === undefined ? lead : { ...lead, email }

/** States are plain JSON that the fold builds in one way: equal states have equal texts. */
const sameState = (a: LeadState, b: LeadState | undefined): boolean =>
  a === b || JSON.stringify(a) === JSON.stringify(b)

/**
 * Takes what came in about one lead: append to the log, fold, decide, commit state and decisions in one conditional
 * write, publish. A repeat finds everything there and writes nothing; what a crash left unpublished is published then.
 * @throws Conflict after several attempts, Transient when the bus does not take the decisions.
 */
export const makeRecordLead = ({ leads, bus, clock, rules, pauseUpTo }: RecordPorts) => {
  const publish = async ({ leadId, outbox }: Lead, version: number): Promise<void> => {
    if (outbox.length === 0) return
    await bus.publish(outbox)
    await leads.clearOutbox(leadId, version)
  }

  const attempt = async (group: LeadArrivals): Promise<void> => {
    const stored = await leads.load(group.leadId)
    if (stored === undefined && group.arrivals.every(({ activity }) => 'leadId' in activity.subject))
      throw new Error('no lead has this id')
    const lead = withEmail(stored ?? newLead(group), group.email)
    const activities = group.arrivals.map(({ activity }) => activity)
    const facts = await appendFacts(leads, lead, activities, rules)
    if (facts.length === 0) return publish(lead, lead.version)
    const state = extendLead(lead.state, facts, rules) ?? foldLead(await leads.facts(group.leadId), rules)
    if (state === undefined) throw new Error('facts were appended, but the log is empty')
    if (sameState(state, lead.state) && stored?.email === lead.email) return publish(lead, lead.version)
    const next = { ...lead, state, outbox: [...lead.outbox, ...decide(lead, lead.state, state)] }
    await leads.commit(next, scoreAt(next, rules, clock()).score)
    await publish(next, next.version + 1)
  }

  return (group: LeadArrivals): Promise<void> => retryConflicts(() => attempt(group), { pauseUpTo })
}
