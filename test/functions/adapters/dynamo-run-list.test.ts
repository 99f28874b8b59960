import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Run } from '../../../domain/sequence/run.ts'
import { dynamoRunList, dynamoRuns, dynamoSequenceStates } from '../../../functions/adapters/dynamo-runs.ts'
import { Conflict } from '../../../functions/ports.ts'
import { leadIdOf } from '../../domain/support/facts.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

const runOf = (number: number, status: Run['status'], sequence = 'interest'): Run => {
  const leadId = leadIdOf(`lead-000${number}`)
  return {
    runId: `${leadId}:${sequence}:1`,
    leadId,
    sequence,
    playbookVersion: 'v1',
    entryId: `${leadId}:stage:interest:1`,
    enteredAt: `2026-01-05T09:00:0${number}.000Z`,
    step: 2,
    status,
    version: 0,
    outbox: [],
  }
}
const waiting = { type: 'waiting', until: '2026-01-08T09:00:01.000Z' } as const
const held = { type: 'held', due: '2026-01-08T09:00:01.000Z', next: 3 } as const

describe('the runs of a sequence', () => {
  let table: TestTable
  beforeAll(async () => {
    table = await startTable()
    const runs = dynamoRuns(table.client, table.tableName)
    for (const number of [1, 2, 3]) await runs.commit(runOf(number, waiting))
    await runs.commit(runOf(4, held))
    await runs.commit(runOf(5, waiting, 'interest-too'))
    await runs.commit({ ...runOf(3, held), version: 1 })
  })
  afterAll(() => table.stop())
  const list = () => dynamoRunList(table.client, table.tableName)

  test('are counted by status', async () => {
    expect(await list().counts('interest')).toEqual({ waiting: 2, held: 2, completed: 0, goal: 0, exited: 0 })
  })

  test('come in pages, oldest entry first, each once', async () => {
    const query = { sequence: 'interest', status: 'waiting', limit: 1 } as const
    const first = await list().page(query)
    expect(first.items.map(({ leadId }) => leadId)).toEqual(['lead-0001'])
    const second = await list().page({ ...query, ...(first.next && { cursor: first.next }) })
    expect(second.items.map(({ leadId }) => leadId)).toEqual(['lead-0002'])
    expect(second.next).toBeUndefined()
  })

  test('a sequence that nobody has touched runs; of two who change it one wins', async () => {
    const states = dynamoSequenceStates(table.client, table.tableName)
    expect(await states.load('interest')).toEqual({ version: 0 })
    const paused = { paused: { since: '2026-01-08T09:00:00.000Z' }, version: 0 }
    await states.commit('interest', paused)
    expect(await states.load('interest')).toEqual({ ...paused, version: 1 })
    await expect(states.commit('interest', paused)).rejects.toBeInstanceOf(Conflict)
    await states.commit('interest', { version: 1 })
    expect(await states.load('interest')).toEqual({ version: 2 })
  })
})
