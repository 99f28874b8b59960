import { type LeadId, parseLeadId } from '../../../domain/model/activity.ts'
import type { Hook } from '../../../domain/model/hook.ts'
import { proveClaim } from '../../../functions/adapters/hook-secrets.ts'
import { hookApp } from '../../../functions/hook/hook-routes.ts'
import { makeTurnedAway } from '../../../functions/hook/receive-delivery.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { memoryBus } from '../fakes/memory-bus.ts'
import { memoryHookDeals, memoryHookFigures } from '../fakes/memory-hooks.ts'
import { send } from '../http/call-app.ts'

const now = '2026-03-02T09:30:00.000Z'

/** A CRM that says whose deal it is by an address, and of everything else only the deal. */
export const crm: Hook = {
  id: 'crm',
  verify: { scheme: 'token', header: 'x-token' },
  activities: [
    {
      when: 'event.kind == "won"',
      type: 'deal.won',
      id: 'event.id',
      subject: { dealId: 'event.deal' },
      occurredAt: 'event.at',
      properties: { amount: 'event.amount', currency: '"EUR"' },
    },
    {
      when: 'event.kind == "linked"',
      type: 'deal.opened',
      id: 'event.id',
      subject: { leadId: 'event.lead', email: 'event.email', dealId: 'event.deal' },
      occurredAt: 'event.at',
      properties: {},
    },
  ],
}

const idOf = (text: string): LeadId => {
  const id = parseLeadId(text)
  if (!id) throw new Error(`${text} is no lead id`)
  return id
}

export const hookWorld = (hooks: readonly Hook[] = [crm]) => {
  const bus = memoryBus()
  const deals = memoryHookDeals()
  const figures = memoryHookFigures()
  const secrets: Record<string, readonly string[]> = { crm: ['a-long-token'] }
  const times = { now }
  const clock = () => times.now
  const app = hookApp({
    bus,
    deals,
    figures,
    clock,
    playbook: makePlaybook({ hooks: Object.fromEntries(hooks.map((hook) => [hook.id, hook])) }),
    fingerprint: (text) => `f${text.length}`,
    leadOfAddress: async (key) => idOf(`lead-${key.replace(/[^a-z0-9]/g, '-')}`),
    proves: proveClaim,
    publicUrl: 'https://go.example.com',
    secretsOf: async (source) => secrets[source] ?? [],
    turnedAway: makeTurnedAway({ figures, clock }),
  })
  const call = async (path: string, sent: Parameters<typeof send>[2]) => {
    const reply = await send(app, path, sent)
    return {
      status: reply.status,
      headers: Object.fromEntries(reply.headers),
      body: JSON.parse(await reply.text()),
    }
  }
  return {
    bus,
    deals,
    figures,
    secrets,
    times,
    /** A delivery as it is meant to be, but for what is given. */
    deliver: (body: unknown, { source = 'crm', method = 'POST', ...headers }: Record<string, string> = {}) =>
      call(`/hooks/${source}`, {
        method,
        headers: { 'content-type': 'application/json', 'x-token': 'a-long-token', ...headers },
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      }),
    console: (method: string, path: string, body?: unknown, role = 'marketing') =>
      call(path, {
        method,
        headers: { 'content-type': 'application/json' },
        body: body === undefined ? '' : JSON.stringify(body),
        claims: { 'cognito:groups': `[${role}]` },
      }),
  }
}

const at = (minute: number) => `2026-03-02T09:${String(minute).padStart(2, '0')}:00Z`

export const won = (deal: string, minute: number, amount: unknown = '10.00') => ({
  id: `w-${deal}-${minute}`,
  kind: 'won',
  deal,
  at: at(minute),
  amount,
})

export const linked = (deal: string, minute: number, whom: Readonly<Record<string, string>>) => ({
  id: `l-${deal}-${minute}`,
  kind: 'linked',
  deal,
  at: at(minute),
  ...whom,
})
