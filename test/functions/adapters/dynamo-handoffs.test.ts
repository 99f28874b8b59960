import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Handoff } from '../../../domain/handoff/handoff.ts'
import { parseLeadId } from '../../../domain/model/activity.ts'
import { dynamoHandoffs } from '../../../functions/adapters/dynamo-handoffs.ts'
import { Conflict, type Handoffs } from '../../../functions/ports.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

const make = (number: number, more: Partial<Handoff> = {}): Handoff => {
  const leadId = parseLeadId(`lead-${String(number).padStart(4, '0')}`)
  if (!leadId) throw new Error('not a lead id')
  return {
    handoffId: `${leadId}.1`,
    leadId,
    team: 'dach',
    owner: { name: 'Anna Berg', email: 'anna@sales.example.com' },
    assignments: [
      {
        team: 'dach',
        owner: { name: 'Anna Berg', email: 'anna@sales.example.com' },
        at: '2026-03-02T09:00:00.000Z',
        because: 'routed',
      },
    ],
    score: 61.5,
    stage: 'intent',
    requestedAt: `2026-03-02T09:00:00.${String(number).padStart(3, '0')}Z`,
    dueAt: '2026-03-02T13:00:00.000Z',
    answer: { state: 'requested' },
    version: 0,
    outbox: [],
    ...more,
  }
}

describe('handoffs in the table', () => {
  let table: TestTable
  let handoffs: Handoffs
  beforeAll(async () => {
    table = await startTable()
    handoffs = dynamoHandoffs(table.client, table.tableName)
  })
  afterAll(() => table.stop())

  it('are found as they were committed, by lead and by id alone', async () => {
    const handoff = make(1)
    await handoffs.commit(handoff)
    const stored = { ...handoff, version: 1 }
    expect(await handoffs.load(handoff.leadId, handoff.handoffId)).toEqual(stored)
    expect(await handoffs.find(handoff.handoffId)).toEqual(stored)
    expect(await handoffs.list(handoff.leadId)).toEqual([stored])
    expect(await handoffs.find('nobody-0000.1')).toBeUndefined()
    expect(await handoffs.find('no id at all')).toBeUndefined()
  })

  it('are committed by one of two', async () => {
    const handoff = make(2)
    await handoffs.commit(handoff)
    await expect(handoffs.commit(handoff)).rejects.toBeInstanceOf(Conflict)
    const again = { ...handoff, version: 1 }
    await handoffs.commit(again)
    await expect(handoffs.commit(again)).rejects.toBeInstanceOf(Conflict)
  })

  it('keep an outbox until it is cleared by whoever committed last', async () => {
    const decision = {
      id: 'd',
      type: 'HandoffAccepted',
      occurredAt: '2026-03-02T09:00:00.000Z',
      causationId: 'f',
      correlationId: 'f',
      leadId: make(3).leadId,
      data: { handoffId: make(3).handoffId },
    } as const
    const handoff = make(3, { outbox: [decision] })
    await handoffs.commit(handoff)
    await handoffs.clearOutbox({ ...handoff, version: 7 })
    expect((await handoffs.find(handoff.handoffId))?.outbox).toEqual([decision])
    await handoffs.clearOutbox({ ...handoff, version: 1 })
    expect((await handoffs.find(handoff.handoffId))?.outbox).toEqual([])
  })

  it('are listed by state, newest first, page by page', async () => {
    for (let number = 10; number < 20; number += 1)
      await handoffs.commit(make(number, { answer: { state: 'won', at: '' } }))
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const page = await handoffs.page({ state: 'won', limit: 3, ...(cursor !== undefined && { cursor }) })
      seen.push(...page.items.map(({ requestedAt }) => requestedAt.slice(-4, -1)))
      cursor = page.next
    } while (cursor !== undefined)
    expect(seen).toEqual(['019', '018', '017', '016', '015', '014', '013', '012', '011', '010'])
  })
})
