import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rehearsalOfLead } from '../../../bin/rehearse/play-rehearsal.ts'

const leadId = 'b3c8d1de-1111'
const at = (day: number) => `2026-03-0${day}T09:00:00.000Z`
const fact = (id: string, type: string, day: number, more = {}) => ({
  id,
  type,
  occurredAt: at(day),
  properties: {},
  followed: [],
  ...more,
})

/** Newest first, as the console has it. */
const timeline = [
  fact('f-4', 'handoff.rejected', 5, { properties: { handoffId: 'x', reason: 'not-now' } }),
  fact('f-5', 'lead.merged', 4),
  fact('f-3', 'demo.requested', 4),
  fact('f-2', 'page.viewed', 2, { properties: { path: '/' } }),
  fact('f-1', 'webinar.attended', 1, { recordedAt: at(3) }),
]
const pageSize = 3
let local = true

const answer = (url: URL): object | undefined => {
  const { pathname, searchParams } = url
  if (pathname === '/_local/clock') return local ? { now: at(9) } : undefined
  if (pathname === '/api/leads')
    return { items: searchParams.get('email') === 'grete+1@werk.example.net' ? [{ leadId }] : [] }
  if (pathname === `/api/leads/${leadId}`) return { leadId, email: 'grete+1@werk.example.net', score: 3 }
  if (pathname !== `/api/leads/${leadId}/timeline`) return undefined
  const from = Number(searchParams.get('cursor') ?? 0)
  const next = from + pageSize < timeline.length ? { next: String(from + pageSize) } : {}
  return { items: timeline.slice(from, from + pageSize), ...next }
}

const server = createServer((request, response) => {
  const { authorization } = request.headers
  const body = answer(new URL(request.url ?? '', 'http://localhost'))
  response.statusCode = authorization !== 'Bearer a-token' ? 401 : body ? 200 : 404
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(body ?? { title: 'no' }))
})
let url = ''
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  url = `http://127.0.0.1:${port}`
})
afterAll(() => server.close())

const ask = (lead: string, more = {}) =>
  rehearsalOfLead({ lead, url, token: 'a-token', now: '2026-04-01T00:00:00.000Z', ...more })

describe('a lead of a running system', () => {
  test.each(['grete+1@werk.example.net', leadId])('is found by %s', async (lead) => {
    expect(await ask(lead)).toMatchObject({ leadId, subject: { email: 'grete+1@werk.example.net' } })
  })

  test('does again what it did, in the order in which it came in, and then waits for 60 days', async () => {
    local = true
    const rehearsal = await ask(leadId)
    expect(rehearsal).toMatchObject({
      start: at(2),
      mailReportsFrom: at(9),
      until: '2026-05-08T09:00:00.000Z',
    })
    expect(
      rehearsal.deeds.map(({ at: time, deed }) => [time, deed.type === 'activity' ? deed.known : deed]),
    ).toEqual([
      [at(2), { id: 'f-2', occurredAt: at(2) }],
      [at(3), { id: 'f-1', occurredAt: at(1) }],
      [at(4), { id: 'f-3', occurredAt: at(4) }],
      [at(5), { type: 'reject', reason: 'not-now' }],
      [at(5), { id: 'f-4', occurredAt: at(5) }],
    ])
  })

  test("goes on from the machine's time where the system has no clock to move", async () => {
    local = false
    expect(await ask(leadId, { until: { after: 3_600_000 } })).toMatchObject({
      mailReportsFrom: '2026-04-01T00:00:00.000Z',
      until: '2026-04-01T01:00:00.000Z',
    })
  })

  test.each([
    ['nobody@werk.example.net', {}, /knows no lead nobody@/],
    ['no-such-lead', {}, /knows no lead no-such-lead/],
    [leadId, { token: 'wrong' }, /401/],
    [leadId, { url: 'http://127.0.0.1:1' }, /does not answer/],
  ])('%s %j is told', async (lead, more, message) => {
    await expect(ask(lead, more)).rejects.toThrow(message)
  })
})
