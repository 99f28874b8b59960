import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import { joinOf } from '../../../domain/lead/log.ts'
import type { Fact, LeadId, Subject } from '../../../domain/model/activity.ts'
import { firstTimeKey } from '../../../functions/adapters/dynamo-lead-items.ts'
import { dynamoLeadList } from '../../../functions/adapters/dynamo-lead-list.ts'
import { dynamoCheckpoints } from '../../../functions/adapters/dynamo-leads.ts'
import { dynamoMergeClaims } from '../../../functions/adapters/dynamo-merge-claims.ts'
import { newLeadId } from '../../../functions/adapters/system.ts'
import { Conflict } from '../../../functions/ports.ts'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import { fact, stored } from '../../domain/support/facts.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { activityOf, anna, ben, phone } from '../record/family-world.ts'
import { rules } from '../record/record-world.ts'
import { startTable, type TestTable } from './dynalite-table.ts'
import { dynamoRecordPorts } from './dynamo-record-ports.ts'

let table: TestTable
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const viewed = (id: string, at: string): Fact => fact(id, 'page.viewed', at)
const joined = (leadId: LeadId, at: string): Fact => fact(`join:${leadId}`, 'lead.merged', at, { leadId })

describe('logs of merged leads', () => {
  test('are read together, in order, whoever was merged into whom, and up to any place', async () => {
    const { leads } = dynamoRecordPorts(table)
    const [a, b, c] = [newLeadId(), newLeadId(), newLeadId()]
    await leads.append(a, [viewed('a1', '03-01T09:00'), joined(b, '03-05T09:00')])
    await leads.append(b, [viewed('b1', '02-01T09:00'), joined(c, '03-04T09:00')])
    await leads.append(c, [viewed('c1', '03-02T09:00'), viewed('c2', '03-09T09:00')])
    const { facts, members } = await leads.history(a)
    expect(facts.map(({ id, member }) => [id, member])).toEqual([
      ['b1', b],
      ['a1', undefined],
      ['c1', c],
      [`join:${c}`, b],
      [`join:${b}`, undefined],
      ['c2', c],
    ])
    expect(members).toEqual([b, c])
    expect(await leads.facts(a)).toEqual(facts)
    expect(await leads.factsWithin(a, 6)).toEqual(facts)
    expect(await leads.factsWithin(a, 5)).toBeUndefined()
    expect(await leads.factsOf(a, members, ['lead.merged'])).toEqual([facts[3], facts[4]])
    const place = { occurredAt: '2026-03-01T09:00:00.000Z', id: 'a1' }
    expect((await leads.tail(a, place, [b, c])).map(({ id }) => id)).toEqual(
      facts.slice(2).map(({ id }) => id),
    )
    await leads.commit(
      { leadId: a, version: 0, outbox: [], members, state: stored(foldLead(facts, rules)) },
      0,
    )
    expect((await leads.facts(a, place)).map(({ id }) => id)).toEqual(['b1', 'a1'])
  })
})

describe('an id that stood already', () => {
  test.each([
    ['earlier', '03-02T09:00', '03-01T09:00'],
    ['later', '03-01T09:00', '03-02T09:00'],
  ])('with an %s time keeps one fact at the earlier one', async (_name, first, second) => {
    const { leads } = dynamoRecordPorts(table)
    const leadId = newLeadId()
    await leads.append(leadId, [viewed('x', first)])
    const [appended] = await leads.append(leadId, [viewed('x', second)])
    expect(appended).toEqual({ ...viewed('x', '03-01T09:00'), known: viewed('x', first).occurredAt })
    expect(await leads.facts(leadId)).toEqual([viewed('x', '03-01T09:00')])
    // Who moved it may have died before the state was folded: a repeat is told so again.
    await expect(leads.firstTime(leadId, 'x')).resolves.toBe(viewed('x', first).occurredAt)
    const repeats = await leads.append(leadId, [viewed('x', first), viewed('x', second)])
    expect(repeats).toEqual([appended, appended])
    expect(await leads.facts(leadId)).toEqual([viewed('x', '03-01T09:00')])
  })

  test.each([
    ['an earlier', '03-01T09:00', '03-01T09:00'],
    ['the same', '03-02T09:00', '03-02T09:00'],
    ['a later', '03-03T09:00', '03-02T09:00'],
  ])('with %s time and other content says what it said first', async (_name, second, kept) => {
    const { leads } = dynamoRecordPorts(table)
    const leadId = newLeadId()
    const said = {
      ...fact('x', 'email.unsubscribed', '03-02T09:00', { list: 'all' }),
      email: 'anna@example.com',
    }
    const repeat = { ...fact('x', 'page.viewed', second, { path: '/' }), recordedAt: said.occurredAt }
    const settled = { ...said, occurredAt: viewed('x', kept).occurredAt }
    await leads.append(leadId, [said])
    expect(await leads.append(leadId, [repeat])).toEqual([{ ...settled, known: said.occurredAt }])
    expect(await leads.append(leadId, [{ ...repeat, timeAssumed: true }])).toEqual([
      { ...settled, known: said.occurredAt },
    ])
    expect(await leads.facts(leadId)).toEqual([settled])
  })

  test('of whom the first writer did not get to write it is what the next one says', async () => {
    const { leads } = dynamoRecordPorts(table)
    const leadId = newLeadId()
    const key = firstTimeKey(leadId, 'x')
    await table.client.send(
      new PutCommand({
        TableName: table.tableName,
        Item: { ...key, occurredAt: '2026-03-02T09:00:00.000Z' },
      }),
    )
    await leads.append(leadId, [viewed('x', '03-01T09:00')])
    expect(await leads.facts(leadId)).toEqual([viewed('x', '03-01T09:00')])
  })
})

test('a checkpoint is valid only while its slot holds the state that was meant', async () => {
  const checkpoints = dynamoCheckpoints(table.client, table.tableName)
  const leadId = newLeadId()
  const [one, two] = [['a'], ['a', 'b']].map((ids) =>
    stored(
      foldLead(
        ids.map((id) => viewed(id, '03-01T09:00')),
        rules,
      ),
    ),
  )
  if (!one || !two) throw new Error('no states')
  const ref = await checkpoints.keep(leadId, 0, one)
  expect(ref).toMatchObject({ slot: 0, last: one.last })
  await expect(checkpoints.load(leadId, ref)).resolves.toEqual(one)
  await checkpoints.keep(leadId, 0, two)
  await expect(checkpoints.load(leadId, ref)).resolves.toBeUndefined()
})

describe('a claim', () => {
  const join = (leadId: LeadId) => joined(leadId, '03-05T09:00')

  test('is won by one, makes an item where there was none, and is confirmed, settled and released', async () => {
    const { leads } = dynamoRecordPorts(table)
    const claims = dynamoMergeClaims(table.client, table.tableName)
    const [a, b, c] = [newLeadId(), newLeadId(), newLeadId()]
    const nobody = { leadId: b, version: 0 }
    const tries = await Promise.allSettled([
      claims.begin(nobody, a, join(b)),
      claims.begin(nobody, c, join(b)),
    ])
    expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    const claimed = await leads.load(b)
    expect(claimed).toMatchObject({ version: 1, merge: { fact: join(b), confirmed: false } })
    await claims.confirm(b, join(b).id)
    await claims.confirm(b, join(b).id)
    // Who saw it unconfirmed may no longer undo it.
    await expect(claims.release({ leadId: b, version: 1 })).rejects.toBeInstanceOf(Conflict)
    await claims.settle(b, join(b).id)
    await claims.settle(b, join(b).id)
    await expect(claims.confirm(b, join(b).id)).rejects.toBeInstanceOf(Conflict)
    const settled = await leads.load(b)
    expect(settled).toEqual({ leadId: b, version: 2, outbox: [], mergedInto: claimed?.mergedInto })
    await claims.release({ leadId: b, version: 2 })
    expect(await leads.load(b)).toEqual({ leadId: b, version: 3, outbox: [], unlisted: true })
  })
})

test('a shared browser on the table moves to who gave an address on it before', async () => {
  const ports = dynamoRecordPorts(table)
  const take = async (...activities: object[]) => {
    const record = makeRecordActivities(ports)
    expect(await record(activities.map((one) => activityMessage(one)))).toEqual(new Map())
  }
  const visitorId = 'tablet'
  const [later, earlier] = [{ email: 'later@example.com' }, { email: 'earlier@example.com' }]
  const idOf = async (subject: Subject) => {
    const found = await ports.leads.identify(subject)
    if (!found) throw new Error('nobody')
    return found.leadId
  }
  const seen = async (subject: Subject) =>
    Object.keys((await ports.leads.load(await idOf(subject)))?.state?.seen ?? {}).sort()
  await take(activityOf({ visitorId }, 't1', 'page.viewed', 1))
  await take(activityOf(later, 't2', 'demo.requested', 5, { visitorId }))
  expect(await seen(later)).toEqual(['demo.requested', 'page.viewed'])
  await take(activityOf(earlier, 't3', 'quote.requested', 4, { visitorId }))
  expect(await seen(later)).toEqual(['demo.requested'])
  expect(await seen(earlier)).toEqual(['page.viewed', 'quote.requested'])
  const browser = await idOf({ visitorId })
  const owner = await idOf(earlier)
  const join = joinOf({ id: 't3', occurredAt: '2026-03-04T09:00:00.000Z' }, browser)
  expect(await ports.leads.load(browser)).toMatchObject({ mergedInto: owner, joinedBy: join })
  expect((await ports.leads.load(await idOf(later)))?.unlisted).toBeUndefined()

  await take(activityOf({ leadId: owner }, 't4', 'lead.unmerged', 6, { leadId: browser }))
  expect(await seen(earlier)).toEqual(['quote.requested'])
  const parted = await ports.leads.load(browser)
  expect([parted?.mergedInto, parted?.joinedBy]).toEqual([undefined, undefined])
})

test('browsers, merges and partings on the table end as in memory', async () => {
  const ports = dynamoRecordPorts(table)
  const take = async (...activities: object[]) => {
    const record = makeRecordActivities(ports)
    expect(await record(activities.map((one) => activityMessage(one)))).toEqual(new Map())
  }
  await take(activityOf(phone, 'p1', 'page.viewed', 1), activityOf(ben, 'b1', 'quote.requested', 2))
  await take(activityOf(anna, 'a1', 'demo.requested', 3, { visitorId: 'phone' }))
  await take(activityOf(phone, 'p2', 'page.viewed', 4))
  const a = (await ports.leads.identify(anna))?.leadId
  const b = (await ports.leads.identify(ben))?.leadId
  if (!a || !b) throw new Error('nobody')
  const seen = async (leadId: LeadId) =>
    Object.keys((await ports.leads.load(leadId))?.state?.seen ?? {}).sort()
  expect(await seen(a)).toEqual(['demo.requested', 'page.viewed'])

  await take(activityOf({ leadId: a }, 'm', 'lead.merged', 5, { leadId: b }))
  expect(await seen(a)).toEqual(['demo.requested', 'page.viewed', 'quote.requested'])
  const list = dynamoLeadList({ ...table, hashAddress: (email) => email, clock: ports.clock })
  const listed = async () =>
    (await list.page({ who: 'people', limit: 100 })).items.map(({ leadId }) => leadId)
  expect(await listed()).not.toContain(b)

  await take(activityOf({ leadId: a }, 'u', 'lead.unmerged', 6, { leadId: b }))
  expect(await seen(a)).toEqual(['demo.requested', 'page.viewed'])
  expect(await seen(b)).toEqual(['quote.requested'])
  expect(await listed()).toContain(b)
})
