import type { LeadId } from '../../../domain/model/activity.ts'
import { type Endpoint, webhookEvents } from '../../../domain/model/endpoint.ts'
import type { JsonObject } from '../../../domain/model/json.ts'
import type { Attempted, Delivery } from '../../../domain/webhook/delivery.ts'
import { memoryTimers } from '../../../functions/adapters/memory-event-bus.ts'
import { memoryHandoffs } from '../../../functions/adapters/memory-handoffs.ts'
import { memoryLeads } from '../../../functions/adapters/memory-leads.ts'
import { memoryPlaybooks } from '../../../functions/adapters/memory-playbooks.ts'
import { makeGatherBackground, makeSetAttempt } from '../../../functions/webhook/attempt-delivery.ts'
import {
  type DeliverWebhooksPorts,
  makeDeliverWebhooks,
} from '../../../functions/webhook/deliver-webhooks.ts'
import type { PostWebhook } from '../../../functions/webhook-ports.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { background, handoff, leadId, requested } from '../../domain/webhook/sample-webhook.ts'
import { busMessage } from '../fakes/bus-message.ts'
import { memoryDeliveries, memoryEndpointStates, plainWebhookSecrets } from '../fakes/memory-webhooks.ts'

export const start = '2026-03-02T09:00:00.000Z'

export const endpoint = (
  id: string,
  more: Partial<Extract<Endpoint, { type: 'webhook' }>> = {},
): Endpoint => ({
  id,
  type: 'webhook',
  url: `https://${id}.example.com/hook`,
  events: webhookEvents,
  lead: false,
  ...more,
})

type Post = Parameters<PostWebhook>[0]

/** One lead with a handoff, endpoints that answer as told, and a queue and a clock in the hands of the test. */
export const webhookWorld = async (notify: readonly Endpoint[]) => {
  const time = { now: start }
  const clock = () => time.now
  const leads = memoryLeads()
  const { lead } = background()
  if (!lead) throw new Error('no lead')
  await leads.commit({ leadId, ...lead, version: 0, outbox: [] }, 0)
  const handoffs = memoryHandoffs()
  await handoffs.commit({ ...handoff, version: 0 })
  const { items, deliveries, lists, forget } = memoryDeliveries()
  const playbook = makePlaybook()
  const playbooks = memoryPlaybooks({ ...playbook, handoff: { ...playbook.handoff, notify } })
  const timers = memoryTimers()
  const waiting: { readonly at: string; readonly message: JsonObject }[] = []
  const queue = async (message: JsonObject, delay = 0): Promise<void> => {
    waiting.push({ at: new Date(Date.parse(time.now) + delay * 1_000).toISOString(), message })
  }
  const posts: (Post & { readonly at: string })[] = []
  const answers = { of: (_post: Post): Attempted => ({ type: 'answered', status: 200, answer: '' }) }
  const warnings: JsonObject[] = []
  const ports: DeliverWebhooksPorts = {
    leads,
    handoffs,
    deliveries,
    lists,
    endpoints: memoryEndpointStates(),
    playbooks,
    secrets: plainWebhookSecrets(),
    post: async (post) => {
      posts.push({ ...post, at: time.now })
      return answers.of(post)
    },
    queue,
    clock,
    chance: () => 0,
    warn: (details) => {
      warnings.push({ ...details })
    },
    setAttempt: makeSetAttempt({ queue, timers, clock }),
    gatherBackground: makeGatherBackground({ leads, handoffs, publicUrl: 'https://go.example.com' }),
  }
  const tell = makeDeliverWebhooks(ports)
  const takeDue = (): JsonObject | undefined => {
    const index = waiting.findIndex(({ at }) => at <= time.now)
    if (index >= 0) return waiting.splice(index, 1)[0]?.message
    const timer = timers.nextAt()
    return timer !== undefined && timer <= time.now ? timers.take()?.message : undefined
  }
  const nextAt = (): string | undefined =>
    [...waiting.map(({ at }) => at), timers.nextAt()].filter((at) => at !== undefined).toSorted()[0]
  return {
    ports,
    time,
    tell,
    leads,
    deliveries,
    items,
    timers,
    waiting,
    posts,
    answers,
    warnings,
    forget,
    /** Attempts everything that is due now; `take` may be a process that dies. */
    settle: async (take: (body: unknown) => Promise<void> = tell): Promise<void> => {
      for (let message = takeDue(); message; message = takeDue()) await take(message)
    },
    /** Takes everything in its time until nothing waits any more. */
    runOut: async (): Promise<void> => {
      for (let at = nextAt(); at !== undefined; at = nextAt()) {
        if (at > time.now) time.now = at
        for (let message = takeDue(); message; message = takeDue()) await tell(message)
      }
    },
    /** A message of the bus. */
    event: (
      type: string = requested.type,
      id = requested.decisionId,
      data: JsonObject = requested.data,
      of: LeadId = leadId,
    ) =>
      busMessage(type, {
        metadata: { id, occurredAt: start, correlationId: 'c', causationId: 'f' },
        data: { leadId: of, ...data },
      }).body,
    only: (): Delivery => {
      const [first, ...more] = items.values()
      if (!first || more.length > 0) throw new Error(`${items.size} deliveries`)
      return first
    },
  }
}
