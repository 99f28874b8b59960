import { expect } from 'vitest'
import type { Client } from '../client.ts'
import type { Lead } from './cast.ts'

interface LeadEmails {
  readonly emails: readonly { readonly email: string; readonly status: string }[]
}

interface Splits {
  readonly splits: readonly {
    readonly ways: readonly { readonly way: string; readonly entered: number; readonly reached: number }[]
  }[]
}

const minute = 60_000
const perRequest = 500

/** What is done and looked at in the story of a thousand leads. */
export const thousandClient = (client: Client) => {
  let ids = 0
  const control = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const response = await client.raw(path, { method: 'POST', ...init })
    if (!response.ok) throw new Error(`${response.status} ${path}: ${await response.text()}`)
    return response
  }

  /** Facts of many leads, `perRequest` at a time. What a crash leaves comes again as the clock moves on. */
  const record = async (
    leads: readonly Lead[],
    factsOf: (lead: Lead) => readonly (readonly [type: string, properties: object])[],
  ): Promise<void> => {
    const events = leads.flatMap((lead) =>
      factsOf(lead).map(([type, properties]) => {
        ids += 1
        return { id: `t-${ids}`, type, properties, subject: { email: lead.email } }
      }),
    )
    for (let at = 0; at < events.length; at += perRequest) {
      const batch = events.slice(at, at + perRequest)
      expect(await client.postEvents(batch)).toEqual({ accepted: batch.length, rejected: [] })
    }
  }

  return {
    now: client.now,
    deadLetters: client.deadLetters,
    mails: async () => (await client.inbox()).filter(({ tags }) => tags.recipient === 'lead'),
    sequences: () => client.get<{ items: { runs: Readonly<Record<string, number>> }[] }>('/api/sequences'),
    splits: () => client.get<Splits>('/api/sequences/interest/splits'),

    advanceTo: async (at: number): Promise<void> => {
      const minutes = Math.ceil((at - Date.parse(await client.now())) / minute)
      if (minutes > 0)
        await control('/_local/clock?timeout=900', { body: JSON.stringify({ advance: `${minutes}m` }) })
    },

    profiles: (leads: readonly Lead[]) =>
      record(leads, ({ employees, timeZone }) => [
        ['profile.updated', { fields: { language: 'de', employees, ...(timeZone && { timeZone }) } }],
      ]),

    signUp: (leads: readonly Lead[]) =>
      record(leads, ({ silent }) => [
        ...(silent ? [] : [['consent.granted', { purpose: 'newsletter' }] as const]),
        ['newsletter.subscribed', {}],
      ]),

    happen: (leads: readonly Lead[], whom: (lead: Lead) => boolean, type: string, properties: object = {}) =>
      record(leads.filter(whom), () => [[type, properties]]),

    /** A fifth of all deliveries comes twice, SES throttles a tenth of the calls, and a tenth of the sender's runs crash. */
    goWrong: async (): Promise<void> => {
      const { functions } = (await (await client.raw('/_local')).json()) as { functions: { name: string }[] }
      const names: readonly string[] = functions.map(({ name }) => name)
      const sender = names.find((name) => /Send/.test(name))
      expect(sender).toBeDefined()
      const faults = [
        { service: 'events', duplicate: 0.2 },
        { service: 'sqs', duplicate: 0.2 },
        { service: 'ses', duplicate: 0.2 },
        { service: 'ses', operation: 'SendEmail', error: 'ThrottlingException', rate: 0.1 },
        { service: 'lambda', error: 'Crash', rate: 0.1, function: sender },
      ]
      for (const fault of faults) expect((await client.faults(fault)).status).toBe(201)
    },

    goRight: () => client.faults(),

    /** All leads, as the console shows each. */
    leadViews: async (): Promise<readonly LeadEmails[]> => {
      const views: LeadEmails[] = []
      let cursor = ''
      do {
        const page = await client.get<{ items: { leadId: string }[]; next?: string }>(
          `/api/leads?limit=100${cursor && `&cursor=${cursor}`}`,
        )
        const shown = page.items.map(({ leadId }) => client.get<LeadEmails>(`/api/leads/${leadId}`))
        views.push(...(await Promise.all(shown)))
        cursor = page.next ?? ''
      } while (cursor)
      return views
    },
  }
}
