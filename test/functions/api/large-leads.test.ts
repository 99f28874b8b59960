import { expect, test } from 'vitest'
import type { Send } from '../../../functions/send-ports.ts'
import { apiWorld } from './api-world.ts'

const limit = 6 * 1024 * 1024
const size = (body: unknown) => Buffer.byteLength(JSON.stringify(body))

interface Timeline {
  readonly items: readonly { readonly id: string }[]
  readonly next?: string
}

test.each([
  ['forms of 64 KB', 64_000, 120],
  ['activities of 16 KB', 16_000, 150],
  ['short ones', 10, 230],
])(
  'a timeline of %s comes in pages that a function may answer with, each entry once',
  async (_name, length, count) => {
    const { add, addLead, call } = apiWorld()
    const leadId = await addLead(1)
    const facts = Array.from({ length: count }, (_, number) => ({
      id: `big-${number}`,
      type: 'custom.told',
      occurredAt: new Date(Date.parse('2026-03-01T11:00:00.000Z') + number * 1000).toISOString(),
      properties: { text: 'ü'.repeat(length / 2) },
    }))
    await add(leadId, facts)
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const answer = await call(`/api/leads/${leadId}/timeline`, {
        query: { limit: '100', ...(cursor !== undefined && { cursor }) },
      })
      if (answer.type !== 'ok') throw new Error(answer.type)
      const { items, next } = answer.body as Timeline
      expect(size(answer.body)).toBeLessThan(limit)
      expect(items.length).toBeGreaterThan(0)
      seen.push(...items.map(({ id }) => id))
      cursor = next
    } while (cursor !== undefined)
    expect(seen).toHaveLength(count + 2)
    expect(new Set(seen).size).toBe(count + 2)
  },
)

test('the page of a lead shows the newest of very many emails and consents, and says how many others there are', async () => {
  const { add, addLead, call, sends } = apiWorld()
  const leadId = await addLead(1)
  const moment = (number: number) =>
    new Date(Date.parse('2026-02-01T00:00:00.000Z') + number * 1000).toISOString()
  for (let number = 0; number < 620; number += 1) {
    const sendId = `${leadId}:interest:${number}:0`
    const at = moment(number)
    const send: Send = {
      ...{ sendId, leadId, email: 'welcome', marketing: true, status: 'sent' },
      request: { leadId, sendId, email: 'welcome', recipient: 'lead' },
      cause: { decisionId: 'd', correlationId: 'c' },
      ...{ requestedAt: at, claimedAt: at, leaseUntil: at, at },
    }
    await sends.claim(send, at)
  }
  const few = await call(`/api/leads/${await addLead(2)}`)
  expect(few).not.toHaveProperty('body.more')
  await add(
    leadId,
    Array.from({ length: 510 }, (_, number) => ({
      id: `c-${number}`,
      type: number % 2 ? 'consent.granted' : 'consent.withdrawn',
      occurredAt: moment(number),
      properties: { wording: 'Ja', source: 'form' },
    })),
  )
  const shown = await call(`/api/leads/${leadId}`)
  if (shown.type !== 'ok') throw new Error(shown.type)
  const { emails, consentHistory, more } = shown.body as {
    emails: { at: string }[]
    consentHistory: { at: string }[]
    more: object
  }
  expect(emails).toHaveLength(500)
  expect(emails[0]?.at).toBe(moment(619))
  expect(consentHistory).toHaveLength(500)
  expect(consentHistory.at(-1)?.at).toBe(moment(509))
  expect(more).toEqual({ emails: 120, consentHistory: 10 })
})
