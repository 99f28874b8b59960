import { PutCommand } from '@aws-sdk/lib-dynamodb'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { LeadId } from '../../../domain/model/activity.ts'
import { countedTimes, type Ledger, withTaken } from '../../../domain/sending/earlier-emails.ts'
import { nextRoom } from '../../../domain/sending/hold-email.ts'
import { addMilliseconds } from '../../../domain/time/local-time.ts'
import { keyOf } from '../../../functions/adapters/dynamo-items.ts'
import { sendItem } from '../../../functions/adapters/dynamo-send-items.ts'
import { dynamoCapPlaces } from '../../../functions/adapters/dynamo-sending.ts'
import { dynamoSends } from '../../../functions/adapters/dynamo-sends.ts'
import { memoryCapPlaces, memorySends } from '../../../functions/adapters/memory-sends.ts'
import { newLeadId } from '../../../functions/adapters/system.ts'
import { recentEmails } from '../../../functions/send/recent-emails.ts'
import type { CapPlaces, Send, Sends } from '../../../functions/send-ports.ts'
import { partitions, sorts } from '../../../functions/table-schema.ts'
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

interface Ports {
  readonly sends: Sends
  readonly places: CapPlaces
}

/** As the sender does: a place first, then the claim. */
const claim = async ({ sends, places }: Ports, send: Send): Promise<void> => {
  const { leadId, sendId, claimedAt, marketing } = send
  if (marketing) {
    const ledger = await places.load(leadId)
    await places.commit(leadId, ledger.version, withTaken(ledger, { sendId, at: claimedAt }))
  }
  await sends.claim(send, claimedAt)
}

/** As earlier releases did, `isNoted` with a note beside it. */
const claimFormerly = async (send: Send, isNoted: boolean): Promise<void> => {
  const { leadId, sendId, claimedAt, marketing } = send
  const put = (Item: object) =>
    table.client.send(new PutCommand({ TableName: table.tableName, Item: { ...Item } }))
  if (isNoted && marketing)
    await put({ ...keyOf(partitions.lead(leadId), `${sorts.mailed}${claimedAt}#${sendId}`), sendId })
  await put(sendItem(send))
}

/** @param former so many are of an earlier release, the later half of them with notes. */
const play = async (ports: Ports, leadId: LeadId, told: readonly Story[], former: number) => {
  const { sends } = ports
  let hours = 0
  for (const [number, { after, marketing, end }] of told.entries()) {
    hours += after
    const send = sendOf(leadId, number, hours, { marketing })
    if (number < former) {
      const status = end === 'open' || end === 'given back' ? 'claimed' : end === 'late' ? 'sent' : end
      await claimFormerly({ ...send, status, at: at(hours) }, number >= former / 2)
      continue
    }
    if (end === 'suppressed') await sends.claim({ ...send, status: 'suppressed', at: at(hours) }, at(hours))
    else await claim(ports, send)
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
const window = 14 * day

const onTable = (): Ports => ({
  sends: dynamoSends(table.client, table.tableName),
  places: dynamoCapPlaces(table.client, table.tableName),
})

describe.each([
  ['in memory', () => ({ sends: memorySends(), places: memoryCapPlaces() }), fc.constant(0)],
  ['in DynamoDB', onTable, fc.nat(24)],
] as const)('the latest emails to a lead %s', (_, make, formers) => {
  test('come to the same as all of them, as far as caps look back', async () => {
    await fc.assert(
      fc.asyncProperty(stories, formers, fc.integer({ min: 0, max: 400 }), async (told, former, later) => {
        const [ports, leadId] = [make(), newLeadId()]
        const now = at((await play(ports, leadId, told, former)) + later)
        const times = (emails: readonly Send[]) =>
          nextRoom(now, caps, countedTimes(emails, [], 'another', now))
        const all = await ports.sends.list(leadId)
        const recent = await recentEmails(ports, { leadIds: [leadId], window, now })
        expect(times(recent.emails)).toBe(times(all))
        // What was read of earlier releases stands in the ledger from now on.
        const one = withTaken(recent.ledger, { sendId: `${leadId}:another:1:0`, at: now })
        await ports.places.commit(leadId, recent.ledger.version, one)
        const again = await recentEmails(
          {
            ...ports,
            sends: { ...ports.sends, formerSince: () => Promise.reject(new Error('not complete')) },
          },
          { leadIds: [leadId], window, now },
        )
        expect(times(again.emails)).toBe(times(all))
      }),
      { numRuns: 40 },
    )
  })
})

test('places are kept for as long as caps may look back, and the ledger says since when it is complete', () => {
  const taken = (sendId: string, hours: number) => ({ sendId, at: at(hours) })
  const first = withTaken({ places: [], since: '' }, taken('a', 0))
  expect(first).toEqual({ places: [taken('a', 0)], since: '' })
  const person = { ...taken('a', 1), kind: 'person', shared: 'interest/welcome' } as const
  const both = withTaken(first, person)
  expect(both).toEqual({ places: [taken('a', 0), person], since: '' })
  // One that is taken again has one place; those for a person are over after a quarter of an hour.
  expect(withTaken(both, taken('a', 2))).toEqual({ places: [taken('a', 2)], since: '' })
  expect(withTaken(both, taken('b', 35 * 24))).toEqual({
    places: [taken('a', 0), taken('b', 35 * 24)],
    since: '',
  })
  expect(withTaken(both, taken('b', 35 * 24 + 1))).toEqual({
    places: [taken('b', 35 * 24 + 1)],
    since: at(1),
  })
  // Of a lead of an earlier release nothing is known of before.
  const former: Omit<Ledger, 'version'> = { places: [taken('a', -2_000)] }
  expect(withTaken(former, taken('b', 0))).toEqual({ places: [taken('b', 0)], since: at(0) })
})

test('what one more email has to know of the earlier ones costs the same after sixty and after two hundred', async () => {
  const ports = onTable()
  const cost = async (count: number) => {
    const leadId = newLeadId()
    for (let number = 0; number < count; number += 1) {
      const send = sendOf(leadId, number, number * 24)
      await claim(ports, send)
      await ports.sends.settle(leadId, send.sendId, { status: 'sent', at: send.claimedAt })
    }
    Object.assign(work, { requests: 0, units: 0 })
    const { emails } = await recentEmails(ports, { leadIds: [leadId], window, now: at(count * 24) })
    expect(emails).toHaveLength(15)
    return { ...work }
  }
  const few = await cost(60)
  const many = await cost(200)
  expect(many).toEqual(few)
  expect(many.requests).toBeLessThanOrEqual(2)
})
