import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { dynamoLeads } from '../../../functions/adapters/dynamo-leads.ts'
import { dynamoRemains } from '../../../functions/adapters/dynamo-remains.ts'
import { dynamoSuppressions } from '../../../functions/adapters/dynamo-sending.ts'
import { addressHasher } from '../../../functions/adapters/link-keys.ts'
import { newLeadId } from '../../../functions/adapters/system.ts'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { activityOfAnna } from '../record/record-world.ts'
import { startTable, type TestTable } from './dynalite-table.ts'
import { dynamoRecordPorts } from './dynamo-record-ports.ts'

let table: TestTable
/** Operations asked of the table. */
let calls: string[] = []
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
beforeEach(() => {
  calls = []
})

const hashAddress = addressHasher('secret')
const at = '2026-03-02T09:00:00.000Z'

const recorder = () => {
  const leads = dynamoLeads({ ...table, hashAddress, newLeadId })
  const record = makeRecordActivities(dynamoRecordPorts(table, { leads }))
  const take = async (email: string, id: string) => {
    const activity = { ...activityOfAnna(id, 'page.viewed', 1), subject: { email } }
    expect(await record([activityMessage(activity)])).toEqual(new Map())
  }
  return { leads, take }
}

test('the first activity of a new lead takes two writes together, and one question about its name', async () => {
  const { take } = recorder()
  await take('first@example.com', 'first')
  // Pointer and suppression; the pointer; facts, their ids and the day of the review; the lead; its outbox.
  expect(calls).toEqual([
    'BatchGetItemCommand',
    'PutItemCommand',
    'BatchWriteItemCommand',
    'PutItemCommand',
    'UpdateItemCommand',
  ])
})

test('a further one is read with its lead where its pointer is remembered, and with the pointer elsewhere', async () => {
  const { take } = recorder()
  await take('further@example.com', 'a')
  calls = []
  await take('further@example.com', 'b')
  const known = ['BatchGetItemCommand', 'BatchWriteItemCommand', 'PutItemCommand']
  expect(calls).toEqual(known)
  calls = []
  await recorder().take('further@example.com', 'c')
  expect(calls).toEqual(['BatchGetItemCommand', ...known])
})

test('where no lead may be read, a pointer is looked up each time', async () => {
  const leads = dynamoLeads({ ...table, hashAddress, newLeadId, readsLeads: false })
  const email = 'hooked@example.com'
  const claimed = await leads.identify({ email })
  calls = []
  expect((await leads.identify({ email }))?.leadId).toBe(claimed?.leadId)
  expect(calls).toEqual(['BatchGetItemCommand'])
})

test('whoever was erased is not found by what is remembered of them', async () => {
  const { leads, take } = recorder()
  const email = 'erased@example.com'
  await take(email, 'before')
  const before = await leads.find({ email })
  const lead = before && (await leads.load(before.leadId))
  if (!lead) throw new Error('no lead')
  const remains = dynamoRemains(table.client, table.tableName)
  await dynamoSuppressions(table.client, table.tableName).addErasure(hashAddress(email), at)
  await remains.bury(lead, at, [lead.leadId])
  await remains.dropPointers(lead.leadId, [hashAddress(email)])
  await remains.clear(lead.leadId)
  expect(await leads.identify({ email }, at)).toBeUndefined()
  expect(await leads.find({ email })).toBeUndefined()
  const after = await leads.identify({ email }, '2026-03-02T09:00:00.001Z')
  expect(after).toMatchObject({ isNew: true, suppressed: { erasedAt: at } })
  expect(after?.leadId).not.toBe(lead.leadId)
})

test('what stood against a name is asked for again where its answer is old', async () => {
  const { leads } = recorder()
  const email = 'slow@example.com'
  expect(await leads.find({ email })).toBeUndefined()
  await dynamoSuppressions(table.client, table.tableName).addErasure(hashAddress(email), at)
  await new Promise((resolve) => setTimeout(resolve, 1_001))
  expect(await leads.identify({ email }, at, true)).toBeUndefined()
})
