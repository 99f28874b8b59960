import { decide } from '../../../domain/lead/decide.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Activity, Fact, LeadId } from '../../../domain/model/activity.ts'
import type { Decision } from '../../../domain/model/decision.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import type { Playbook } from '../../../domain/model/playbook.ts'
import type { Sequence } from '../../../domain/model/sequence.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { memoryTimers } from '../../../functions/adapters/memory-event-bus.ts'
import { memoryPlaybooks } from '../../../functions/adapters/memory-playbooks.ts'
import { memoryRunList, memoryRuns, memorySequenceStates } from '../../../functions/adapters/memory-runs.ts'
import type { NurtureLeadPorts } from '../../../functions/nurture/nurture-lead.ts'
import { leadId } from '../../domain/support/facts.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'

export const email = 'anna@example.com'
const day = 86_400_000

/** Email, three days, one of two emails. */
export const interest: Sequence = {
  id: 'interest',
  version: '1',
  enter: { stage: 'interest' },
  audience: 'lead.language == "de"',
  exit: 'stageAtLeast("intent")',
  goal: 'did("webinar.attended")',
  reenter: 'never',
  program: [
    { type: 'email', email: 'welcome' },
    { type: 'set', attributes: { segment: 'nurtured' } },
    { type: 'wait', for: 3 * day },
    { type: 'branch', if: 'clicked("welcome")', otherwise: 5 },
    { type: 'email', email: 'case-study' },
    { type: 'email', email: 'reminder' },
  ],
}

export const playbook: Playbook = makePlaybook({ sequences: { interest } })

/** As EventBridge puts a decision on a queue. */
export const busEvent = (decision: Decision) => ({
  id: 'event-1',
  'detail-type': decision.type,
  source: 'trichter',
  time: '2026-01-05T09:00:00Z',
  detail: {
    metadata: {
      id: decision.id,
      version: 1,
      occurredAt: decision.occurredAt,
      correlationId: decision.correlationId,
      causationId: decision.causationId,
    },
    data: { leadId: decision.leadId, ...decision.data },
  },
})

/** A lead with a log, and everything nurture touches, in memory. */
export const nurtureWorld = (facts: readonly Fact[], start: string, given: Playbook = playbook) => {
  const log = [...facts]
  const published = new Map<string, Decision>()
  const submitted = new Map<string, Activity>()
  const runs = memoryRuns()
  const timers = memoryTimers()
  const rules = compileRules(given)
  const times = { now: start }
  const lead: { mergedInto?: LeadId; members?: readonly LeadId[] } = {}
  const others = new Map<LeadId, string | undefined>()
  let reads = 0
  const stateOf = (taken: readonly Fact[]) => foldLead(taken, rules)
  const sequences = memorySequenceStates()
  const told: JsonObject[] = []
  const ports: NurtureLeadPorts = {
    runs,
    runList: memoryRunList(runs.items),
    sequences,
    enqueueNurture: async (message) => {
      told.push(message)
    },
    timers,
    playbooks: memoryPlaybooks(given),
    clock: () => times.now,
    bus: {
      publish: async (decisions) => {
        for (const decision of decisions) published.set(decision.id, decision)
      },
      submit: async (activities) => {
        for (const activity of activities) if ('subject' in activity) submitted.set(activity.id, activity)
      },
    },
    leads: {
      load: async (id) => {
        const state = id === leadId ? stateOf(log) : undefined
        const other = others.get(id)
        if (others.has(id)) return { leadId: id, version: 1, outbox: [], ...(other && { email: other }) }
        return state && { leadId: id, email, version: 1, state, outbox: [], ...lead }
      },
      facts: async (_id, upTo) => {
        reads++
        const last = upTo && log.findIndex(({ id }) => id === upTo.id)
        return last === undefined ? log : log.slice(0, last + 1)
      },
    },
  }
  return {
    ports,
    runs,
    sequences,
    /** Messages put back on the queue. */
    told,
    timers,
    published,
    submitted,
    times,
    log,
    /** What else is known of the lead. */
    lead,
    /** Addresses of further leads. */
    others,
    logReads: () => reads,
    /** The StageAdvanced event that the facts so far imply for `stage`. */
    stageEvent: (stage: string) => {
      const state = stateOf(log)
      const decisions = state ? decide({ leadId, email }, undefined, state) : []
      const found = decisions.find(({ type, data }) => type === 'StageAdvanced' && data.to === stage)
      if (!found) throw new Error(`the facts do not reach ${stage}`)
      return busEvent(found)
    },
    /** Ids of emails asked for so far. */
    emails: () =>
      [...published.values()].flatMap(({ type, data }) => (type === 'EmailRequested' ? [data.email] : [])),
  }
}
