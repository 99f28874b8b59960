import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type LeadId, parseLeadId } from '../../../domain/model/activity.ts'
import type { Run } from '../../../domain/sequence/run.ts'
import { dynamoRuns } from '../../../functions/adapters/dynamo-runs.ts'
import { Conflict } from '../../../functions/ports.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

const leadOf = (text: string): LeadId => {
  const id = parseLeadId(text)
  if (!id) throw new Error(text)
  return id
}

const runOf = (leadId: LeadId, sequence = 'interest'): Run => ({
  runId: `${leadId}:${sequence}:1`,
  leadId,
  sequence,
  playbookVersion: 'v1',
  entryId: `${leadId}:stage:interest:1`,
  enteredAt: '2026-01-05T09:00:01.000Z',
  step: 2,
  status: { type: 'waiting', until: '2026-01-08T09:00:01.000Z' },
  version: 0,
  outbox: [
    {
      id: 'd1',
      type: 'SequenceEntered',
      occurredAt: '2026-01-05T09:00:01.000Z',
      causationId: 'a',
      correlationId: 'b',
      leadId,
      data: { sequence, version: 'v1', runId: `${leadId}:${sequence}:1` },
    },
  ],
})

describe('dynamoRuns', () => {
  let table: TestTable
  beforeAll(async () => {
    table = await startTable()
  })
  afterAll(() => table.stop())
  const runs = () => dynamoRuns(table.client, table.tableName)

  test('what was committed is read again, one version on', async () => {
    const run = runOf(leadOf('lead-0001'))
    expect(await runs().load(run.leadId, 'interest')).toBeUndefined()
    await runs().commit(run)
    expect(await runs().load(run.leadId, 'interest')).toEqual({ ...run, version: 1 })
  })

  test('of two writers from the same version one wins', async () => {
    const run = runOf(leadOf('lead-0002'))
    const results = await Promise.allSettled([runs().commit(run), runs().commit({ ...run, step: 3 })])
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(Conflict)
    await runs().commit({ ...run, step: 4, version: 1 })
    await expect(runs().commit({ ...run, step: 5, version: 1 })).rejects.toBeInstanceOf(Conflict)
    expect(await runs().load(run.leadId, 'interest')).toMatchObject({ step: 4, version: 2 })
  })

  test('an outbox is emptied only by who knows the latest version', async () => {
    const run = runOf(leadOf('lead-0003'))
    await runs().commit(run)
    await runs().commit({ ...run, version: 1 })
    await runs().clearOutbox({ ...run, version: 1 })
    expect((await runs().load(run.leadId, 'interest'))?.outbox).toHaveLength(1)
    await runs().clearOutbox({ ...run, version: 2 })
    expect(await runs().load(run.leadId, 'interest')).toEqual({ ...run, version: 2, outbox: [] })
  })

  test("lists a lead's runs and nobody else's", async () => {
    const leadId = leadOf('lead-0004')
    for (const sequence of ['interest', 'intent']) await runs().commit(runOf(leadId, sequence))
    await runs().commit(runOf(leadOf('lead-0005')))
    expect((await runs().list(leadId)).map(({ sequence }) => sequence)).toEqual(['intent', 'interest'])
  })
})
