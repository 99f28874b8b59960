import { expect } from 'vitest'
import type { Client } from './client.ts'

/** A lead as `GET /api/leads/{leadId}` shows it, as far as scoring goes. */
export interface DeepLead {
  readonly leadId: string
  readonly score: number
  readonly stage: string
  readonly merged: readonly string[]
  readonly stages: readonly { readonly stage: string; readonly at: string; readonly implied: boolean }[]
  readonly handoffs: readonly { readonly handoffId: string; readonly state: string }[]
}

interface TimelineView {
  readonly items: readonly {
    readonly id: string
    readonly late?: true
    readonly leftOut?: { readonly type: string; readonly because?: string }
    readonly member?: string
    readonly followed: readonly Readonly<Record<string, unknown>>[]
  }[]
}

export const day = 86_400_000
export const earlier = (now: string, ms: number): string => new Date(Date.parse(now) - ms).toISOString()

/** What a story about scoring does and looks at. */
export const scoringClient = (client: Client) => {
  let ids = 0
  return {
    /** Facts about one person, settled. @returns their ids. */
    record: async (
      subject: Readonly<Record<string, string>>,
      ...facts: readonly (readonly [type: string, properties?: object, occurredAt?: string])[]
    ): Promise<readonly string[]> => {
      const events = facts.map(([type, properties = {}, occurredAt]) => {
        ids += 1
        return { id: `s-${ids}`, type, subject, properties, ...(occurredAt && { occurredAt }) }
      })
      expect(await client.postEvents(events)).toEqual({ accepted: events.length, rejected: [] })
      await client.settle()
      return events.map(({ id }) => id)
    },
    idOf: async (email: string) => (await client.leadByEmail(email)).leadId,
    show: (leadId: string, query = '') => client.get<DeepLead>(`/api/leads/${leadId}${query}`),
    timeline: (leadId: string) => client.get<TimelineView>(`/api/leads/${leadId}/timeline`),
    /** Data of the events of one type about a lead. */
    told: async (type: string, leadId: string) =>
      (await client.events(type))
        .filter(({ detail }) => detail.data.leadId === leadId)
        .map(({ detail }) => detail.data),
  }
}
