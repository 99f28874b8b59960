import { PutCommand } from '@aws-sdk/lib-dynamodb'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LeadId } from '../../../domain/model/activity.ts'
import { claimedSince, countedTimes } from '../../../domain/sending/earlier-emails.ts'
import { nextRoom } from '../../../domain/sending/hold-email.ts'
import { addMilliseconds } from '../../../domain/time/local-time.ts'
import { sendItem } from '../../../functions/adapters/dynamo-send-items.ts'
import { dynamoSends } from '../../../functions/adapters/dynamo-sends.ts'
import { memorySends } from '../../../functions/adapters/memory-sends.ts'
import { newLeadId } from '../../../functions/adapters/system.ts'
import type { Send, Sends } from '../../../functions/send-ports.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

const hour = 3_600_000
const day = 24 * hour
const begin = '2026-01-05T09:00:00.000Z'
const at = (hours: number): string => addMilliseconds(begin, hours * hour)

let table: TestTable
const work = { requests: 0, units: 0 }
beforeAll(async () => {
  table = await startTable()
  table.client.middlewareStack.add(
    (next) => async (call) => {
      work.requests += 1
      Object.assign(call.input, { ReturnConsumedCapacity: 'TOTAL' })
      const result = await next(call)
      const { ConsumedCapacity: consumed } = result.output as {
        readonly ConsumedCapacity?: { CapacityUnits?: number } | { CapacityUnits?: number }[]
      }
      for (const { CapacityUnits = 0 } of [consumed ?? []].flat()) work.units += CapacityUnits
      return result
    },
    { step: 'initialize' },
  )
})
afterAll(() => table.stop())

const sendOf = (leadId: LeadId, number: number, hours: number, more: Partial<Send> = {}): Send => {
  const sendId = `${leadId}:interest:1:${number}`
  return {
    sendId,
    leadId,
    email: 'welcome',
    request: { leadId, sendId, email: 'welcome', recipient: 'lead' },
    cause: { decisionId: 'decision-1', correlationId: 'fact-1' },
    requestedAt: at(hours),
    marketing: true,
    status: 'claimed',
    claimedAt: at(hours),
    leaseUntil: addMilliseconds(at(hours), hour / 4),
    ...more,
  }
}

/** What became of an email, some hours after the one before. */
interface Story {
  readonly after: number
  readonly marketing: boolean
  readonly end: 'sent' | 'late' | 'failed' | 'given back' | 'open' | 'suppressed'
}

const stories = fc.array(
  fc.record<Story>({
    after: fc.integer({ min: 0, max: 200 }),
    marketing: fc.boolean(),
    end: fc.constantFrom('sent', 'late', 'failed', 'given back', 'open', 'suppressed'),
  }),
  // More than any limit counts.
  { maxLength: 24, size: 'max' },
)

const play = async (sends: Sends, leadId: LeadId, told: readonly Story[], former: number) => {
  let hours = 0
  for (const [number, { after, marketing, end }] of told.entries()) {
    hours += after
    const send = sendOf(leadId, number, hours, { marketing })
    if (number < former) {
      const status = end === 'open' || end === 'given back' ? 'claimed' : end === 'late' ? 'sent' : end
      const Item = sendItem({ ...send, status, at: at(hours) })
      await table.client.send(new PutCommand({ TableName: table.tableName, Item }))
      continue
    }
    if (end === 'suppressed') await sends.claim({ ...send, status: 'suppressed', at: at(hours) }, at(hours))
    else await sends.claim(send, at(hours))
    if (end === 'given back') await sends.release(leadId, send.sendId)
    if (end === 'sent' || end === 'failed')
      await sends.settle(leadId, send.sendId, { status: end, at: at(hours) })
    if (end === 'late') await sends.settle(leadId, send.sendId, { status: 'sent', at: at(hours + 20) })
  }
  return hours
}

const caps = [
  { emails: 2, per: 2 * day },
  { emails: 6, per: 14 * day },
]

describe.each([
  ['in memory', () => memorySends(), fc.constant(0)],
  // So many of the emails were claimed by an earlier release.
  ['in DynamoDB', () => dynamoSends(table.client, table.tableName), fc.nat(24)],
] as const)('the latest emails to a lead %s', (_, make, formers) => {
  test('come to the same as all of them, as far as caps look back', async () => {
    await fc.assert(
      fc.asyncProperty(stories, formers, fc.integer({ min: 0, max: 400 }), async (told, former, later) => {
        const [sends, leadId] = [make(), newLeadId()]
        const now = at((await play(sends, leadId, told, former)) + later)
        const times = async (emails: Promise<readonly Send[]>) =>
          nextRoom(now, caps, countedTimes(await emails, [], 'another', now))
        const recent = sends.since(leadId, claimedSince(now, 14 * day))
        expect(await times(recent)).toBe(await times(sends.list(leadId)))
        const idPrefix = `${leadId}:interest:1:1`
        const meant = await sends.since(leadId, claimedSince(now, 14 * day), idPrefix)
        expect(meant).toEqual(expect.arrayContaining([...(await recent)]))
        expect(meant).toEqual(expect.arrayContaining([...(await sends.list(leadId, idPrefix))]))
        expect(new Set(meant.map(({ sendId }) => sendId)).size).toBe(meant.length)
      }),
      { numRuns: 40 },
    )
  })
})

test('what one more email has to know of the earlier ones costs the same after sixty and after two hundred', async () => {
  const sends = dynamoSends(table.client, table.tableName)
  const cost = async (count: number) => {
    const leadId = newLeadId()
    for (let number = 0; number < count; number += 1) {
      const send = sendOf(leadId, number, number * 24)
      await sends.claim(send, send.claimedAt)
      await sends.settle(leadId, send.sendId, { status: 'sent', at: send.claimedAt })
    }
    Object.assign(work, { requests: 0, units: 0 })
    const found = await sends.since(leadId, claimedSince(at(count * 24), 14 * day))
    expect(found).toHaveLength(15)
    return { ...work }
  }
  const few = await cost(60)
  const many = await cost(200)
  expect(many).toEqual(few)
  expect(many.requests).toBeLessThanOrEqual(2)
})
