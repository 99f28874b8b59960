import { PutCommand } from '@aws-sdk/lib-dynamodb'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Handoff } from '../../../domain/handoff/handoff.ts'
import { compileRules } from '../../../domain/rules/rules.ts'
import type { Run } from '../../../domain/sequence/run.ts'
import { dynamoHandoffs } from '../../../functions/adapters/dynamo-handoffs.ts'
import { dynamoRemains } from '../../../functions/adapters/dynamo-remains.ts'
import { dynamoRunList, dynamoRuns } from '../../../functions/adapters/dynamo-runs.ts'
import { memoryPlaybooks } from '../../../functions/adapters/memory-playbooks.ts'
import { rankedLists, rankOf, shardFor } from '../../../functions/adapters/ranked-lists.ts'
import { handoffsQuery, makeListHandoffs } from '../../../functions/api/handoff-routes.ts'
import { makeListSequences } from '../../../functions/api/sequence-routes.ts'
import { table as schema } from '../../../functions/table-schema.ts'
import { leadIdOf } from '../../domain/support/facts.ts'
import { makePlaybook } from '../../domain/support/make-playbook.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
let requests = 0
beforeAll(async () => {
  table = await startTable()
  table.client.middlewareStack.add(
    (next) => (input) => {
      requests += 1
      return next(input)
    },
    { step: 'initialize' },
  )
})
afterAll(() => table.stop())
beforeEach(() => {
  requests = 0
})

const idOf = (number: number) => leadIdOf(`lead-${String(number).padStart(4, '0')}`)
const put = (Item: Record<string, unknown>) =>
  table.client.send(new PutCommand({ TableName: table.tableName, Item }))

describe('a list that stands in many parts', () => {
  const ranks = Array.from({ length: 90 }, (_, number) => `2026-01-01T00:00:${10 + number}#lead-${number}`)
  beforeAll(async () => {
    for (const [number, rank] of ranks.entries())
      await put({
        [schema.partitionKey]: `L#${number}`,
        [schema.sortKey]: 'X',
        // Every ninth is as an earlier release wrote it.
        [schema.lists.partitionKey]: number % 9 === 0 ? 'MANY' : shardFor('MANY', `lead-${number}`),
        [schema.lists.sortKey]: rank,
      })
  })
  const lists = ['MANY', ...Array.from({ length: 16 }, (_, shard) => `MANY#${shard}`)]

  test.each([
    ['ascending', 7],
    ['ascending', 90],
    ['descending', 23],
    ['descending', 40],
  ] as const)('is paged through %s, %i at a time, each row once, in few requests', async (order, limit) => {
    const page = rankedLists(table.client, table.tableName)
    const found: string[] = []
    let cursor: string | undefined
    do {
      requests = 0
      const { rows, next } = await page({ lists, order, limit, ...(cursor !== undefined && { cursor }) })
      expect(rows.length).toBeLessThanOrEqual(limit)
      expect(requests).toBeLessThanOrEqual(17 + 8)
      found.push(...rows.map(rankOf))
      cursor = next
    } while (cursor !== undefined)
    const inOrder = ranks.toSorted()
    expect(found).toEqual(order === 'ascending' ? inOrder : inOrder.reverse())
  })

  test('is read between two ranks, where one row fills the page and one is the cursor', async () => {
    const between = [ranks[10] ?? '', ranks[13] ?? ''] as const
    const page = rankedLists(table.client, table.tableName)
    const first = await page({ lists, order: 'ascending', limit: 3, between })
    expect(first.rows.map(rankOf)).toEqual(ranks.slice(10, 13))
    const second = await page({ lists, order: 'ascending', limit: 3, between, cursor: first.next ?? '' })
    expect(second).toEqual({ rows: [expect.objectContaining({ [schema.lists.sortKey]: ranks[13] })] })
    const down = await page({ lists, order: 'descending', limit: 9, between, cursor: ranks[12] ?? '' })
    expect(down.rows.map(rankOf)).toEqual([ranks[11], ranks[10]])
  })
})

const handoffOf = (number: number, email: string, more: Partial<Handoff> = {}): Handoff => {
  const owner = { name: email, email }
  const requestedAt = `2026-03-02T09:${String(Math.floor(number / 60)).padStart(2, '0')}:${String(number % 60).padStart(2, '0')}.000Z`
  return {
    handoffId: `${idOf(number)}.1`,
    leadId: idOf(number),
    team: 'dach',
    owner,
    assignments: [{ team: 'dach', owner, at: requestedAt, because: 'routed' }],
    score: 61.5,
    stage: 'intent',
    requestedAt,
    dueAt: '2026-03-02T13:00:00.000Z',
    answer: { state: 'requested' },
    version: 0,
    outbox: [],
    ...more,
  }
}

describe('the handoffs of one salesperson among many', () => {
  const anna = 'anna@sales.example.com'
  const ben = 'ben@sales.example.com'
  const old = 'old@sales.example.com'
  const handoffs = () => dynamoHandoffs(table.client, table.tableName)
  beforeAll(async () => {
    // 400 of Ben's, and the 49 newest and the very first one are Anna's.
    for (let number = 0; number < 450; number += 1)
      await handoffs().commit(handoffOf(number, number === 0 || number > 400 ? anna : ben))
    // As an earlier release wrote them: in the list of their state alone.
    for (let number = 500; number < 530; number += 1) {
      const { outbox: _, ...handoff } = handoffOf(number, number % 3 === 0 ? old : ben, { version: 1 })
      await put({
        [schema.partitionKey]: `L#${handoff.leadId}`,
        [schema.sortKey]: `HANDOFF#${handoff.handoffId}`,
        [schema.lists.partitionKey]: 'HANDOFFS#requested',
        [schema.lists.sortKey]: `${handoff.requestedAt}#${handoff.handoffId}`,
        version: 1,
        handoff: JSON.stringify(handoff),
      })
    }
  })
  const caller = { name: 'Anna', email: anna, roles: ['sales'] as const }
  const ask = async (query: Record<string, string>) => {
    const answer = await makeListHandoffs({
      handoffs: handoffs(),
      leads: { load: async () => undefined },
      clock: () => '2026-03-02T10:00:00.000Z',
      rules: compileRules(makePlaybook()),
    })({
      params: {},
      query: handoffsQuery.parse(query),
      caller,
      body: undefined,
    })
    if (answer.type !== 'ok') throw new Error(answer.type)
    return answer.body as { items: { handoffId: string; owner: { email: string } }[]; next?: string }
  }
  const everything = async (query: Record<string, string>) => {
    const ids: string[] = []
    let cursor: string | undefined
    do {
      const { items, next } = await ask({ ...query, ...(cursor !== undefined && { cursor }) })
      ids.push(...items.map(({ handoffId }) => handoffId))
      cursor = next
    } while (cursor !== undefined)
    return ids
  }

  test.each([
    [{ owner: anna, limit: '50' }, 50],
    [{ owner: 'Anna@Sales.example.com', state: 'requested', limit: '50' }, 50],
    [{ owner: ben, limit: '100' }, 100],
    [{ owner: 'nobody@sales.example.com' }, 0],
    [{ state: 'requested', limit: '100' }, 100],
    [{}, 50],
  ])('%j comes in few requests', async (query, length) => {
    const { items } = await ask(query as Record<string, string>)
    expect(items).toHaveLength(length)
    expect(requests).toBeLessThanOrEqual(60)
  })

  test('are found whole, also those that an earlier release wrote', async () => {
    expect(await everything({ owner: old, limit: '4' })).toEqual(
      [528, 525, 522, 519, 516, 513, 510, 507, 504, 501].map((number) => `${idOf(number)}.1`),
    )
    const all = await everything({ limit: '100' })
    expect([all.length, new Set(all).size]).toEqual([480, 480])
  })

  test('leave the list with a reassignment or an answer, and come back', async () => {
    const eve = 'eve@sales.example.com'
    const first = handoffOf(600, eve)
    await handoffs().commit(first)
    const given = { ...first, owner: { name: ben, email: ben }, version: 1 }
    await handoffs().commit(given)
    expect(await everything({ owner: eve })).toEqual([])
    await handoffs().commit({ ...first, version: 2 })
    expect(await everything({ owner: eve, state: 'requested' })).toEqual([first.handoffId])
    const accepted: Handoff['answer'] = { state: 'accepted', at: first.requestedAt } as Handoff['answer']
    await handoffs().commit({ ...first, answer: accepted, version: 3 })
    expect(await everything({ owner: eve, state: 'requested' })).toEqual([])
    expect(await everything({ owner: eve, state: 'accepted' })).toEqual([first.handoffId])
    // Whoever is late takes down nothing newer.
    await expect(handoffs().commit({ ...first, version: 2 })).rejects.toThrow()
    expect(await everything({ owner: eve })).toEqual([first.handoffId])
  })
})

describe('the runs of a sequence', () => {
  const runs = () => dynamoRuns(table.client, table.tableName)
  const runOf = (number: number, status: Run['status'], version = 0): Run => ({
    runId: `${idOf(number)}:interest:1`,
    leadId: idOf(number),
    sequence: 'interest',
    playbookVersion: 'v1',
    entryId: `${idOf(number)}:stage:interest:1`,
    enteredAt: '2026-01-05T09:00:00.000Z',
    step: 2,
    status,
    version,
    outbox: [],
  })
  const waiting = { type: 'waiting', until: '2026-01-08T09:00:01.000Z' } as const
  const completed = { type: 'completed', at: '2026-01-08T09:00:01.000Z' } as const
  const writeFormer = (number: number, status: Run['status']) => {
    const { version: _, outbox: __, ...run } = runOf(number, status)
    return put({
      [schema.partitionKey]: `L#${run.leadId}`,
      [schema.sortKey]: 'RUN#interest',
      [schema.lists.partitionKey]: 'RUNS#interest',
      [schema.lists.sortKey]: `${status.type}#${run.enteredAt}#${run.leadId}`,
      version: 1,
      run: JSON.stringify(run),
    })
  }
  const counts = () => dynamoRunList(table.client, table.tableName).counts('interest')
  const none = { waiting: 0, held: 0, completed: 0, goal: 0, exited: 0 }

  test('are counted as they move, without reading them; those of an earlier release as well', async () => {
    expect(await counts()).toEqual(none)
    for (let number = 0; number < 60; number += 1) await runs().commit(runOf(number, waiting))
    for (let number = 0; number < 20; number += 1) await runs().commit(runOf(number, completed, 1))
    // One that stays where it is, and one that somebody else has moved on.
    await runs().commit(runOf(59, waiting, 1))
    await expect(runs().commit(runOf(0, waiting, 1))).rejects.toThrow()
    expect(await counts()).toEqual({ ...none, waiting: 40, completed: 20 })

    await writeFormer(100, waiting)
    await writeFormer(101, completed)
    expect(await counts()).toEqual({ ...none, waiting: 41, completed: 21 })
    await runs().commit(runOf(100, completed, 1))
    expect(await counts()).toEqual({ ...none, waiting: 40, completed: 22 })

    await dynamoRemains(table.client, table.tableName).clear(idOf(5))
    await dynamoRemains(table.client, table.tableName).clear(idOf(5))
    await dynamoRemains(table.client, table.tableName).clear(idOf(101))
    expect(await counts()).toEqual({ ...none, waiting: 40, completed: 20 })
  })

  test('are shown with the sequences in a few requests, however many there are', async () => {
    const playbook = makePlaybook()
    await makeListSequences({
      playbooks: memoryPlaybooks(playbook),
      sequences: { load: async () => ({ version: 0 }) },
      runList: dynamoRunList(table.client, table.tableName),
    })()
    expect(requests).toBeLessThanOrEqual(7 * Math.max(1, Object.keys(playbook.sequences).length))
  })
})
