import { afterAll, beforeAll, expect, test } from 'vitest'
import type { JudgedHandoff } from '../../../domain/calibration/judged-handoff.ts'
import type { Handoff, HandoffAnswer } from '../../../domain/handoff/handoff.ts'
import { handoffIdOf } from '../../../domain/model/activity.ts'
import { dynamoCalibrations, dynamoJudgedHandoffs } from '../../../functions/adapters/dynamo-calibrations.ts'
import { dynamoHandoffs } from '../../../functions/adapters/dynamo-handoffs.ts'
import { Conflict } from '../../../functions/ports.ts'
import { leadIdOf } from '../../domain/support/facts.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const at = '2026-03-01T09:00:00.000Z'

test('what is known is read as it was written; of two that write on top of the same, the second fails', async () => {
  const calibrations = dynamoCalibrations(table.client, table.tableName)
  const empty = await calibrations.load()
  expect(empty).toEqual({ declined: [], version: 0 })
  const stored = await calibrations.commit(empty)
  await expect(calibrations.commit(empty)).rejects.toThrow(Conflict)
  const changes = { rules: [], threshold: 40 }
  await calibrations.commit({ ...stored, declined: [{ changes, at, reason: 'no' }] })
  expect(await calibrations.load()).toEqual({ declined: [{ changes, at, reason: 'no' }], version: 2 })
})

test('the pieces of a reading come in their order, each once', async () => {
  const calibrations = dynamoCalibrations(table.client, table.tableName)
  const judged = (score: number): JudgedHandoff => ({
    ...{ verdict: 'won', day: '2026-03-01', score, fit: ['dach'], engagement: { demo: [1] } },
    ...{ attributes: { country: 'DE' }, source: '' },
  })
  await calibrations.keepPiece('one', 10, [judged(3)], at)
  await calibrations.keepPiece('one', 2, [judged(1)], at)
  await calibrations.keepPiece('one', 2, [judged(1), judged(2)], at)
  await calibrations.keepPiece('other', 0, [judged(9)], at)
  expect((await calibrations.pieces('one')).map(({ score }) => score)).toEqual([1, 2, 3])
})

test('judged handoffs of all states come by parts, each once, newest first, and none that nobody has judged', async () => {
  const handoffs = dynamoHandoffs(table.client, table.tableName)
  const answers: readonly HandoffAnswer[] = [
    { state: 'requested' },
    { state: 'accepted', at, by: 'a' },
    { state: 'rejected', at, by: 'a', reason: 'not-now' },
    { state: 'won', at },
    { state: 'lost', at },
    { state: 'expired', at, reason: 'withdrawn' },
  ]
  const all = Array.from({ length: 60 }, (_, number): Handoff => {
    const leadId = leadIdOf(`lead-${String(number).padStart(4, '0')}`)
    const requestedAt = new Date(Date.parse(at) + number * 86_400_000).toISOString()
    return {
      ...{
        handoffId: handoffIdOf(leadId, 1),
        leadId,
        team: 'dach',
        owner: { name: 'A', email: 'a@x.example' },
      },
      ...{ assignments: [], score: 70, stage: 'intent', requestedAt, dueAt: requestedAt },
      ...{ answer: answers[number % 6] ?? { state: 'requested' }, version: 0, outbox: [] },
    }
  })
  await Promise.all(all.map((handoff) => handoffs.commit(handoff)))
  const from = '2026-03-11T09:00:00.000Z'
  const judged = dynamoJudgedHandoffs(table.client, table.tableName)
  const found: string[] = []
  for (let part = 0; part < judged.parts; part += 1) {
    let [cursor, last]: (string | undefined)[] = [undefined, undefined]
    do {
      const page = await judged.page({ part, from, limit: 2, ...(cursor !== undefined && { cursor }) })
      for (const { requestedAt, handoffId } of page.items) {
        expect(last === undefined || requestedAt < last).toBe(true)
        last = requestedAt
        found.push(handoffId)
      }
      cursor = page.next
    } while (cursor !== undefined)
  }
  const states = ['accepted', 'rejected', 'won', 'lost']
  const expected = all.filter(
    ({ answer, requestedAt }) => states.includes(answer.state) && requestedAt >= from,
  )
  expect(found.toSorted()).toEqual(expected.map(({ handoffId }) => handoffId).toSorted())
  expect(found).toHaveLength(new Set(found).size)
})
