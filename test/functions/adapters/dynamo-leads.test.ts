import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import type { Fact, LeadId } from '../../../domain/model/activity.ts'
import { factItem, firstTimeKey, leadKey } from '../../../functions/adapters/dynamo-lead-items.ts'
import { dynamoLeadList } from '../../../functions/adapters/dynamo-lead-list.ts'
import { dynamoLeads } from '../../../functions/adapters/dynamo-leads.ts'
import { dynamoMergeClaims } from '../../../functions/adapters/dynamo-merge-claims.ts'
import { addressHasher } from '../../../functions/adapters/link-keys.ts'
import { newLeadId } from '../../../functions/adapters/system.ts'
import { Conflict } from '../../../functions/ports.ts'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import { fact } from '../../domain/support/facts.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { activityOfAnna, rules } from '../record/record-world.ts'
import { startTable, type TestTable } from './dynalite-table.ts'
import { dynamoRecordPorts } from './dynamo-record-ports.ts'

let table: TestTable
/** Operations asked of the table. */
const calls: string[] = []
beforeAll(async () => {
  table = await startTable()
  table.client.middlewareStack.add(
    (next, context) => (given) => {
      calls.push(String(context.commandName))
      return next(given)
    },
    { step: 'initialize' },
  )
})
afterAll(() => table.stop())

const hashAddress = addressHasher('secret')
const clock = () => '2026-03-02T09:00:00.000Z'
const makeLeads = () => dynamoLeads({ ...table, hashAddress, newLeadId })
let leads: ReturnType<typeof makeLeads>
let leadId: LeadId
beforeEach(() => {
  leads = makeLeads()
  leadId = newLeadId()
})

const stateOf = (facts: readonly Fact[]) => {
  const state = foldLead(facts, rules)
  if (!state) throw new Error('no state')
  return state
}

const viewed = fact('v', 'page.viewed', '03-02T09:00', {
  path: '/pricing',
  score: 0.1 + 0.2,
  deep: [null, { '': 1e-300 }],
})

describe('who it is', () => {
  test('one address is one lead, however many ask at once', async () => {
    const email = `${newLeadId()}@example.com`
    const found = await Promise.all([1, 2, 3, 4, 5].map(() => makeLeads().identify({ email })))
    expect(new Set(found.map((one) => one?.leadId)).size).toBe(1)
    expect(found[0]?.email).toBe(email)
    expect((await leads.identify({ visitorId: email }))?.leadId).not.toBe(found[0]?.leadId)
  })

  test('an id that nobody has is nobody', async () => {
    await expect(leads.identify({ leadId })).resolves.toBeUndefined()
  })

  test('the address stands in no key', async () => {
    const email = 'greta@example.com'
    await leads.identify({ email })
    expect(hashAddress(email)).toMatch(/^[\w-]{43}$/)
    expect(hashAddress(email)).not.toBe(addressHasher('another secret')(email))
  })
})

describe('the log', () => {
  test('keeps a fact as it came first', async () => {
    await leads.append(leadId, [viewed])
    await leads.append(leadId, [{ ...viewed, properties: {} }])
    await expect(leads.facts(leadId)).resolves.toEqual([viewed])
  })

  test('keeps the first time of a fact whose time was assumed', async () => {
    const later = { ...viewed, occurredAt: '2026-03-02T09:00:07.000Z' }
    await expect(leads.append(leadId, [{ ...viewed, timeAssumed: true }])).resolves.toEqual([viewed])
    await expect(leads.append(leadId, [{ ...later, timeAssumed: true }])).resolves.toEqual([
      { ...viewed, known: viewed.occurredAt },
    ])
    await expect(leads.facts(leadId)).resolves.toEqual([viewed])
  })

  test('is read in order, all pages of it, and up to any fact', async () => {
    const facts = Array.from({ length: 130 }, (_, index) =>
      fact(`f${String(index).padStart(3, '0')}`, 'page.viewed', '03-02T09:00', { text: 'x'.repeat(10_000) }),
    )
    await leads.append(leadId, facts.toReversed())
    await expect(leads.facts(leadId)).resolves.toEqual(facts)
    const upTo = { occurredAt: viewed.occurredAt, id: 'f006' }
    await expect(leads.facts(leadId, upTo)).resolves.toEqual(facts.slice(0, 7))
    await expect(leads.factsWithin(leadId, 130)).resolves.toEqual(facts)
    calls.length = 0
    await expect(leads.factsWithin(leadId, 100)).resolves.toBeUndefined()
    expect(calls).toEqual(['QueryCommand'])
  })

  test('orders ids as the domain does', async () => {
    const facts = ['\u{1F600}', '\uFF5E'].map((id) => fact(id, 'page.viewed', '03-02T09:00'))
    await leads.append(leadId, facts)
    await expect(leads.facts(leadId)).resolves.toEqual(facts)
  })
})

describe('the state', () => {
  const first = () => ({ leadId, email: 'a@example.com', version: 0, state: stateOf([viewed]), outbox: [] })

  test('comes back as it was committed, a version on', async () => {
    await leads.commit(first(), 5)
    await expect(leads.load(leadId)).resolves.toEqual({ ...first(), version: 1 })
  })

  test('is not committed over what somebody else committed', async () => {
    await leads.commit(first(), 5)
    await expect(leads.commit(first(), 5)).rejects.toBeInstanceOf(Conflict)
    await leads.commit({ ...first(), version: 1 }, 6)
    await expect(leads.commit({ ...first(), version: 1 }, 7)).rejects.toBeInstanceOf(Conflict)
  })

  test('loses its outbox only if nobody has committed since', async () => {
    const decision = {
      id: 'd',
      type: 'LeadCreated',
      occurredAt: viewed.occurredAt,
      causationId: 'v',
      correlationId: 'v',
      leadId,
      data: {},
    } as const
    await leads.commit({ ...first(), outbox: [decision] }, 5)
    await leads.clearOutbox(leadId, 7)
    expect((await leads.load(leadId))?.outbox).toEqual([decision])
    await leads.clearOutbox(leadId, 1)
    expect((await leads.load(leadId))?.outbox).toEqual([])
  })

  test('notes that an email lacked a consent against the version that it was judged by', async () => {
    const judged = await leads.commit({ ...first(), lacked: false }, 5)
    const since = await leads.commit(judged, 6)
    expect(await leads.noteLack(judged)).toBe(false)
    expect(await leads.noteLack(since)).toBe(true)
    await expect(leads.commit(since, 7)).rejects.toBeInstanceOf(Conflict)
    const { lacked, version } = (await leads.load(leadId)) ?? {}
    expect({ lacked, version }).toEqual({ lacked: undefined, version: 3 })
    // Once it is noted, nothing is written: what was read still stands, or does not.
    expect(await leads.noteLack({ leadId, version: 3 })).toBe(true)
    expect(await leads.noteLack({ leadId, version: 2 })).toBe(false)
  })

  test('that goes into another is asked about consents from then on', async () => {
    await leads.commit({ ...first(), lacked: false }, 5)
    const into = newLeadId()
    const merge = fact('m', 'lead.merged', '03-05T09:00', { leadId })
    await dynamoMergeClaims(table.client, table.tableName).begin({ leadId, version: 1 }, into, merge)
    expect(await leads.load(leadId)).not.toHaveProperty('lacked')
  })
})

describe('lists', () => {
  test('show leads by score in pages that meet without gap, of one stage or of all', async () => {
    const own = await startTable()
    const list = dynamoLeadList({ ...own, hashAddress, clock })
    const store = dynamoLeads({ ...own, hashAddress, newLeadId })
    const interested = stateOf([fact('s', 'newsletter.subscribed', '03-02T09:00')])
    for (const rank of [3, 100, 20.5, 20.25, 0])
      await store.commit(
        {
          leadId: newLeadId(),
          email: `${rank}@example.com`,
          version: 0,
          state: rank > 20.3 ? interested : stateOf([viewed]),
          outbox: [],
        },
        rank,
      )
    const pages: (string | undefined)[][] = []
    let cursor: string | undefined
    do {
      const page = await list.page({ who: 'people', limit: 2, ...(cursor ? { cursor } : {}) })
      pages.push(page.items.map(({ email }) => email))
      cursor = page.next
    } while (cursor)
    expect(pages).toEqual([
      ['100@example.com', '20.5@example.com'],
      ['20.25@example.com', '3@example.com'],
      ['0@example.com'],
    ])
    const stage = await list.page({ who: 'people', stage: 'interest', limit: 10 })
    expect(stage.items.map(({ email }) => email)).toEqual(['100@example.com', '20.5@example.com'])
    await own.stop()
  })

  test('find a lead by address', async () => {
    const found = await leads.identify({ email: 'by@example.com' })
    if (!found) throw new Error('not identified')
    const list = dynamoLeadList({ ...table, hashAddress, clock })
    await expect(list.byAddress('by@example.com')).resolves.toBeUndefined()
    await leads.commit({ ...found, version: 0, state: stateOf([viewed]), outbox: [] }, 1)
    await expect(list.byAddress('by@example.com')).resolves.toMatchObject({ leadId: found.leadId })
  })
})

test('one more activity of a known lead costs a read and two writes', async () => {
  const record = makeRecordActivities(dynamoRecordPorts(table, { leads }))
  const activity = { ...activityOfAnna('a', 'page.viewed', 2), subject: { email: `${leadId}@example.com` } }
  await record([activityMessage(activity)])
  calls.length = 0
  const next = { ...activity, id: 'b', occurredAt: '2026-03-03T09:00:00.000Z' }
  await record([activityMessage(next)])
  expect(calls).toEqual([
    // The lead, and whether its log knows the activity.
    'BatchGetItemCommand',
    // The fact with its id, then the lead.
    'BatchWriteItemCommand',
    'PutItemCommand',
  ])
  calls.length = 0
  await record([activityMessage(next)])
  expect(calls).toEqual(['BatchGetItemCommand'])
})

describe('a recorder that died while it wrote a fact with its id', () => {
  const assumed = { ...viewed, timeAssumed: true }
  const again = { ...assumed, occurredAt: '2026-03-02T09:00:05.000Z' }

  test('may leave the id: the fact is written at that time', async () => {
    await table.client.send(
      new PutCommand({
        TableName: table.tableName,
        Item: { ...firstTimeKey(leadId, viewed.id), occurredAt: viewed.occurredAt },
      }),
    )
    await expect(leads.append(leadId, [again])).resolves.toEqual([{ ...viewed, known: viewed.occurredAt }])
    await expect(leads.facts(leadId)).resolves.toEqual([viewed])
  })

  test('may leave the fact: the same message writes it once more, into the same place', async () => {
    await table.client.send(new PutCommand({ TableName: table.tableName, Item: factItem(leadId, viewed) }))
    await expect(leads.firstTime(leadId, viewed.id)).resolves.toBeUndefined()
    await leads.append(leadId, [{ ...assumed, isUnknown: true }])
    await expect(leads.facts(leadId)).resolves.toEqual([viewed])
    await expect(leads.firstTime(leadId, viewed.id)).resolves.toBe(viewed.occurredAt)
  })
})

test('a long state and a long outbox are kept compressed, and read as they were', async () => {
  const facts = Array.from({ length: 60 }, (_, index) =>
    fact(`p${index}`, 'profile.updated', '03-02T09:00', {
      fields: { [`f${index}`]: `${index} `.repeat(300) },
    }),
  )
  const state = stateOf(facts)
  const told = {
    id: 'd',
    type: 'LeadCreated',
    occurredAt: viewed.occurredAt,
    causationId: 'v',
    correlationId: 'v',
    leadId,
    data: { note: 'x'.repeat(400) },
  } as const
  const outbox = Array.from({ length: 100 }, (_, index) => ({ ...told, id: `d${index}` }))
  await leads.commit({ leadId, version: 0, state, outbox, owedWakes: ['2026-03-03T09:00:00.000Z'] }, 1)
  const stored = await table.client.send(
    new GetCommand({ TableName: table.tableName, Key: leadKey(leadId), ConsistentRead: true }),
  )
  expect(JSON.stringify(state).length).toBeGreaterThan(30_000)
  const kept: unknown = stored.Item?.state
  expect(kept instanceof Uint8Array && kept.length < 10_000).toBe(true)
  const loaded = await leads.load(leadId)
  expect(loaded?.state).toEqual(state)
  expect(loaded?.outbox).toEqual(outbox)
  await leads.clearOutbox(leadId, 1)
  expect(await leads.load(leadId)).not.toHaveProperty('owedWakes')
})

test('a state that an earlier release has kept as text is read', async () => {
  const state = stateOf([viewed])
  await table.client.send(
    new PutCommand({
      TableName: table.tableName,
      Item: { ...leadKey(leadId), leadId, version: 3, state: JSON.stringify(state) },
    }),
  )
  await expect(leads.load(leadId)).resolves.toEqual({ leadId, version: 3, state, outbox: [] })
})
