import { afterAll, beforeAll, expect, test } from 'vitest'
import { startJob } from '../../../domain/rescoring/rescore-job.ts'
import { dynamoRescoreJobs } from '../../../functions/adapters/dynamo-reviews.ts'
import { Conflict } from '../../../functions/ports.ts'
import { leadId } from '../../domain/support/facts.ts'
import { startTable, type TestTable } from './dynalite-table.ts'

let table: TestTable
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const now = '2026-04-01T00:00:00.000Z'

test('a job is read as it was written; of two that write on top of the same one, the second fails', async () => {
  const jobs = dynamoRescoreJobs(table.client, table.tableName)
  expect(await jobs.load(0)).toBeUndefined()
  const job = startJob(
    { rules: 'r2', lane: 0, leads: 1 },
    { leadIds: [leadId], next: 'cursor' },
    now,
    undefined,
  )
  await jobs.commit(job)
  await expect(jobs.commit(job)).rejects.toThrow(Conflict)
  expect(await jobs.load(0)).toEqual({ ...job, version: 1 })
  await jobs.commit({ ...job, lane: 3 })
  expect(await jobs.load(3)).toMatchObject({ lane: 3, version: 1 })
  await jobs.commit({ ...job, version: 1, page: 2 })
  await expect(jobs.commit({ ...job, version: 1, page: 3 })).rejects.toThrow(Conflict)
  expect(await jobs.load(0)).toMatchObject({ version: 2, page: 2 })
})
