import { foldLead } from '../../../domain/lead/fold.ts'
import { type Fact, type LeadId, parseLeadId } from '../../../domain/model/activity.ts'
import type { Announcement } from '../../../domain/model/decision.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import type { Playbook } from '../../../domain/model/playbook.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import { memoryHandoffs } from '../../../functions/adapters/memory-handoffs.ts'
import { memoryDirectory, memoryLeadList, memoryLeads } from '../../../functions/adapters/memory-leads.ts'
import { memoryPlaybooks } from '../../../functions/adapters/memory-playbooks.ts'
import { memoryRunList, memoryRuns, memorySequenceStates } from '../../../functions/adapters/memory-runs.ts'
import {
  memorySendingFigures,
  memorySendingStates,
  memorySendMarks,
  memorySends,
} from '../../../functions/adapters/memory-sends.ts'
import { apiApp } from '../../../functions/api/api-route.ts'
import { consoleRoutes } from '../../../functions/api/routes.ts'
import type { Lead, Suppression } from '../../../functions/ports.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { memoryCountLanes } from '../fakes/memory-audiences.ts'
import { memoryAudit } from '../fakes/memory-audit.ts'
import { memoryBroadcastMembers, memoryBroadcastParts, memoryBroadcasts } from '../fakes/memory-broadcasts.ts'
import { memoryBus } from '../fakes/memory-bus.ts'
import { memoryDealLists } from '../fakes/memory-deals.ts'
import { memoryHookFigures } from '../fakes/memory-hooks.ts'
import { memoryImports } from '../fakes/memory-imports.ts'
import { memoryViews } from '../fakes/memory-views.ts'
import { memoryDeliveries, memoryEndpointStates, plainWebhookSecrets } from '../fakes/memory-webhooks.ts'
import { resultOf, send } from '../http/call-app.ts'

export const now = '2026-03-02T09:00:00.000Z'

interface Call {
  readonly method?: string
  readonly groups?: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: string
  readonly type?: string
}

/** The console API on ports in memory, called as API Gateway would call it. @param lanes that leads are spread over. */
export const apiWorld = (parts: Partial<Playbook> = {}, lanes = 1) => {
  const leads = memoryLeads()
  const rules = compileRules(makePlaybook(parts))
  const list = memoryLeadList(leads, lanes)
  const handoffs = memoryHandoffs()
  const bus = memoryBus()
  const runs = memoryRuns()
  const sends = memorySends()
  const told: JsonObject[] = []
  const toldAudience: JsonObject[] = []
  const suppressed = new Map<string, Suppression>()
  const toldWebhook: JsonObject[] = []
  const webhooks = memoryDeliveries()
  /** Rules of the leads that were met under other ones than the live rules. */
  const stale: string[] = []
  const announced: Announcement[] = []
  const ports = {
    leads,
    checkpoints: leads.checkpoints,
    list,
    directory: memoryDirectory(leads),
    lanes,
    counts: memoryCountLanes(),
    broadcasts: memoryBroadcasts(),
    parts: memoryBroadcastParts(),
    members: memoryBroadcastMembers(),
    imports: memoryImports(),
    enqueueImport: async () => {},
    enqueueAudience: async (message: JsonObject) => {
      toldAudience.push(message)
    },
    suppressionOf: async (address: string) => suppressed.get(address),
    runs,
    sends,
    sendLists: sends,
    emailFigures: memorySendMarks(sends.items),
    handoffs,
    dealLists: memoryDealLists(leads),
    rounds: handoffs.rounds,
    pauseUpTo: async () => {},
    bus,
    clock: () => now,
    rules,
    newId: () => 'fresh-id',
    audit: memoryAudit(),
    ensureRescored: async (_live: Playbook, previous: string) => {
      stale.push(previous)
    },
    sendingFigures: memorySendingFigures(),
    sendingStates: memorySendingStates(),
    announce: async (event: Announcement) => void announced.push(event),
    views: memoryViews(),
    browsers: { list: async () => [] },
    playbooks: memoryPlaybooks(rules.playbook),
    formFigures: memoryHookFigures(),
    publicUrl: 'https://go.example.com',
    runList: memoryRunList(runs.items),
    sequences: memorySequenceStates(),
    enqueueHandoff: async () => {},
    deliveries: webhooks.deliveries,
    deliveryLists: webhooks.lists,
    endpoints: memoryEndpointStates(),
    webhookSecrets: plainWebhookSecrets(),
    enqueueWebhook: async (message: JsonObject) => {
      toldWebhook.push(message)
    },
    enqueueNurture: async (message: JsonObject) => {
      told.push(message)
    },
  }
  const app = apiApp(consoleRoutes, ports, { audit: ports })
  /** Takes facts into a lead's log and state, as `record` does. */
  const add = async (leadId: LeadId, facts: readonly Fact[], parts: Partial<Lead> = {}): Promise<LeadId> => {
    await leads.append(leadId, facts)
    const state = foldLead(await leads.facts(leadId), rules)
    if (!state) throw new Error('no state')
    const stored = (await leads.load(leadId)) ?? { leadId, version: 0, outbox: [] }
    await leads.commit({ ...stored, ...parts, state }, 0)
    return leadId
  }
  return {
    announced,
    ...ports,
    stale,
    /** Messages put on the queue of what works on audiences. */
    toldAudience,
    /** By address. */
    suppressed,
    /** Messages put on the nurture queue. */
    told,
    /** Messages put on the webhook queue. */
    toldWebhook,
    add,
    call: async (
      path: string,
      { method = 'GET', groups = '[admin]', query = {}, body = '', type }: Call = {},
    ) =>
      resultOf(
        await send(app, path, {
          method,
          query,
          headers: { 'content-type': type ?? 'application/json' },
          body,
          claims: { sub: 'someone', name: 'Sam', 'cognito:groups': groups },
        }),
      ),
    addLead: async (number: number, fields: JsonObject = {}): Promise<LeadId> => {
      const leadId = parseLeadId(`lead-${String(number).padStart(4, '0')}`)
      if (!leadId) throw new Error('not a lead id')
      const facts = [
        {
          id: `p-${number}`,
          type: 'profile.updated',
          occurredAt: '2026-03-01T09:00:00.000Z',
          properties: { fields },
        },
        { id: `d-${number}`, type: 'demo.requested', occurredAt: '2026-03-01T10:00:00.000Z', properties: {} },
      ]
      return add(leadId, facts, { email: `lead-${number}@werk.example.net` })
    },
  }
}
