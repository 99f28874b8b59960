import { decide } from '../../../domain/lead/decide.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import { type Fact, type LeadId, parseLeadId } from '../../../domain/model/activity.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import type { Playbook } from '../../../domain/model/playbook.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { addMilliseconds } from '../../../domain/time/local-time.ts'
import { memoryLeadList, memoryLeads, memoryReviews } from '../../../functions/adapters/memory-leads.ts'
import { makeRescoreLeads, type RescorePorts } from '../../../functions/rescore/rescore-leads.ts'
import { fact } from '../../domain/support/facts.ts'
import { makePlaybook, scoring } from '../../domain/support/make-playbook.ts'
import { busMessage } from '../fakes/bus-message.ts'
import { memoryBus } from '../fakes/memory-bus.ts'
import { memoryRescoreJobs } from '../fakes/memory-rescore-jobs.ts'

export const now = '2026-04-01T00:00:00.000Z'

export const oldPlaybook = makePlaybook()
/** A page view counts far more than before: whoever has one warms up and gets on; nobody else changes. */
const newPlaybook: Playbook = makePlaybook({
  version: 'v2',
  rulesVersion: 'r2',
  scoring: {
    ...scoring,
    engagement: scoring.engagement.map((rule) =>
      rule.id === 'pricing' ? { ...rule, points: 35, cap: { points: 40, per: 1 } } : rule,
    ),
  },
})
const oldRules = compileRules(oldPlaybook)
export const newRules = compileRules(newPlaybook)

export const leadIdOf = (number: number): LeadId => {
  const leadId = parseLeadId(`lead-${String(number).padStart(4, '0')}`)
  if (!leadId) throw new Error('not a lead id')
  return leadId
}

export const viewed = (number: number, at = '03-02T09:00'): Fact =>
  fact(`view-${number}`, 'page.viewed', at, { path: '/pricing' })

/** Leads folded under the old rules, and everything that brings them under the new ones, in memory. */
export const rescoreWorld = async (count: number, lanes = 1) => {
  const leads = memoryLeads()
  const bus = memoryBus()
  const jobs = memoryRescoreJobs()
  const queue: { readonly message: JsonObject; readonly delay: number }[] = []
  const woken: [LeadId, number][] = []
  const live = { playbook: newPlaybook }
  const times = { now }

  const ports: RescorePorts = {
    leads,
    bus,
    leadTimers: {
      later: async ({ leadId }, seconds) => {
        woken.push([leadId, seconds])
      },
    },
    reviews: memoryReviews(),
    jobs,
    list: memoryLeadList(leads, lanes),
    lanes,
    playbooks: { current: async () => live.playbook },
    // What waits is handled when its time has come.
    goOn: async (message, delay = 0) => {
      times.now = addMilliseconds(times.now, delay * 1_000)
      queue.push({ message, delay })
    },
    clock: () => times.now,
    pauseUpTo: async () => {},
  }

  const addLead = async (number: number, facts: readonly Fact[]): Promise<LeadId> => {
    const leadId = leadIdOf(number)
    await leads.append(leadId, facts)
    const state = foldLead(facts, oldRules, now)
    if (!state) throw new Error('no facts')
    await ports.leads.commit(
      { leadId, email: `${leadId}@werk.example.net`, version: 0, state, outbox: [] },
      number,
    )
    return leadId
  }
  // Every third one has looked at the prices.
  for (let number = 1; number <= count; number += 1) {
    const signup = fact(`signup-${number}`, 'newsletter.subscribed', '03-01T09:00')
    await addLead(number, number % 3 === 0 ? [signup, viewed(number)] : [signup])
  }

  const handle = makeRescoreLeads(ports)
  const published = { rulesVersion: 'r2', previousRulesVersion: 'r1', version: 'v2' }
  const start = busMessage('PlaybookPublished', { metadata: { id: 'p' }, data: published }).body
  return {
    ports,
    leads,
    bus,
    jobs,
    queue,
    woken,
    live,
    times,
    addLead,
    start,
    handle,
    /** Handles the news and what begins the lanes: on the queue are the first pages. */
    begin: async () => {
      await handle(start)
      for (const { message } of queue.splice(0)) await handle(message)
    },
    /** Handles what is on the queue until nothing is left; each message as often as `deliveries` says. */
    drain: async (deliveries = 1) => {
      for (let next = queue.shift(); next; next = queue.shift())
        for (let delivery = 0; delivery < deliveries; delivery += 1) await handle(next.message)
    },
    state: (number: number) => leads.items.get(leadIdOf(number))?.state,
    /** What the final states imply under the new rules beyond the old ones. */
    implied: () =>
      [...leads.items.values()].flatMap(({ leadId, email, state }) => {
        const before = foldLead(leads.log(leadId), oldRules, now)
        return state ? decide({ leadId, ...(email && { email }) }, before, state, { rescored: 'r2' }) : []
      }),
    publishedIds: () => [...new Set(bus.published.map(({ id }) => id))].sort(),
  }
}
