import { expect, test } from 'vitest'
import type { ApiResult } from '../../../functions/api/api-request.ts'
import { fact, leadId } from '../../domain/support/facts.ts'
import { apiWorld } from './api-world.ts'

const email = 'anna@werk.example.net'

interface Part {
  readonly exportedAt: string
  readonly lead?: { readonly email: string }
  readonly activities: readonly { readonly id: string }[]
  readonly explanation: {
    readonly score?: number
    readonly rules: readonly { readonly activityId?: string }[]
  }
  readonly next?: string
}

const partOf = (result: ApiResult): Part => {
  if (result.type !== 'ok') throw new Error(`refused: ${JSON.stringify(result)}`)
  return result.body as Part
}

const recordedAt = '2026-03-01T09:00:00.000Z'
const noted = (id: string, length: number, at = '02-01T09:00') => ({
  ...fact(id, 'own.noted', at, { note: '"'.repeat(length) }),
  email,
  recordedAt,
})

const world = async (count: number, length: number) => {
  const made = apiWorld()
  const facts = Array.from({ length: count }, (_, index) =>
    noted(`n-${String(index).padStart(5, '0')}`, length),
  )
  await made.add(
    leadId,
    [{ ...fact('demo', 'demo.requested', '01-10T09:00'), email, recordedAt }, ...facts],
    {
      email,
    },
  )
  const get = (query: Record<string, string> = {}) => made.call(`/api/leads/${leadId}/export`, { query })
  return { ...made, get }
}

test('of somebody of whom a lot is held the export comes in parts that Lambda can answer, each row once', async () => {
  const { get, add } = await world(1_000, 3_500)
  const parts: Part[] = []
  for (let cursor: string | undefined, more = true; more; ) {
    const part = partOf(await get(cursor === undefined ? {} : { cursor }))
    expect(Buffer.byteLength(JSON.stringify(JSON.stringify(part)))).toBeLessThan(5_000_000)
    parts.push(part)
    // What comes in between is left to the next export.
    if (parts.length === 1)
      await add(leadId, [{ ...noted('late', 10, '01-01T09:00'), recordedAt: '2026-03-02T09:00:01.000Z' }])
    cursor = part.next
    more = cursor !== undefined
  }
  expect(parts.length).toBeGreaterThan(1)
  const ids = parts.flatMap(({ activities }) => activities.map(({ id }) => id))
  expect([ids.length, new Set(ids).size]).toEqual([1_001, 1_001])
  expect(ids).not.toContain('late')
  expect(parts.map(({ lead }) => lead?.email)).toEqual([email, ...parts.slice(1).map(() => undefined)])
  expect(parts.flatMap(({ explanation }) => explanation.rules).map((one) => one.activityId)).toContain('demo')
  expect(new Set(parts.map(({ exportedAt }) => exportedAt)).size).toBe(1)
})

test('of anybody else it is one document', async () => {
  const { get } = await world(3, 10)
  const part = partOf(await get())
  expect(part).toMatchObject({
    lead: { email },
    emails: [],
    consentHistory: [],
    sequences: [],
    handoffs: [],
    browsers: [],
    webhooks: [],
    explanation: { score: expect.any(Number) },
  })
  expect(part.activities).toHaveLength(4)
  expect(part).not.toHaveProperty('next')
})

test.each(['bm90IG9uZQ', Buffer.from('{"leads":"x"}').toString('base64url')])(
  'a cursor of another list (%s) is refused',
  async (cursor) => {
    const { get } = await world(1, 10)
    expect((await get({ cursor })).type).toBe('bad-input')
  },
)
