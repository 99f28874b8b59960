import { afterAll, beforeAll, expect, test } from 'vitest'
import { decide } from '../../../domain/lead/decide.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import { sleepUpTo } from '../../../functions/adapters/system.ts'
import type { QueueMessage } from '../../../functions/queue/message.ts'
import { makeRecordActivities } from '../../../functions/record/record-activities.ts'
import { activityMessage } from '../fakes/bus-message.ts'
import { memoryBus } from '../fakes/memory-bus.ts'
import { activityOfAnna, rules } from '../record/record-world.ts'
import { startTable, type TestTable } from './dynalite-table.ts'
import { dynamoRecordPorts } from './dynamo-record-ports.ts'

let table: TestTable
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

test('four recorders that take one lead’s activities at once lose none, and all that follows is told', async () => {
  const bus = memoryBus()
  const recorders = [1, 2, 3, 4].map(() =>
    makeRecordActivities(dynamoRecordPorts(table, { bus, pauseUpTo: sleepUpTo })),
  )
  const kinds = ['page.viewed', 'demo.requested', 'quote.requested', 'sales.engaged']
  const activities = Array.from({ length: 28 }, (_, index) =>
    activityOfAnna(`a${index}`, kinds[index % 4] ?? '', 28 - index, { path: '/pricing' }),
  )
  // Each recorder takes every second message of the lot, so that all come to two of them.
  const record = async (messages: readonly QueueMessage[], recorder: (typeof recorders)[number]) => {
    for (const message of messages) while ((await recorder([message])).size > 0);
  }
  await Promise.all(
    recorders.map((recorder, number) =>
      record(
        activities
          .filter((_, index) => index % 2 === number % 2)
          .map((activity) => activityMessage(activity)),
        recorder,
      ),
    ),
  )

  const { leads } = dynamoRecordPorts(table)
  const found = await leads.identify({ email: 'anna@example.com' })
  if (!found) throw new Error('not identified')
  const lead = await leads.load(found.leadId)
  if (!lead?.state) throw new Error('no state')
  const log = await leads.facts(found.leadId)
  expect(log.map(({ id }) => id).sort()).toEqual(activities.map(({ id }) => id).sort())
  expect(lead.state).toEqual(foldLead(log, rules, '2026-04-01T00:00:00.000Z'))
  expect(lead.outbox).toEqual([])
  // Those that a late fact made void may have been told as well; none that stands is missing.
  const told = new Set(bus.published.map(({ id }) => id))
  for (const { id } of decide(found, undefined, lead.state)) expect(told).toContain(id)
})

test('an activity that comes twice at the same moment with different times counts once, at the earlier', async () => {
  const [one, other] = [1, 2].map((day) => ({
    ...activityOfAnna('twice', 'demo.requested', day),
    subject: { email: 'twice@example.com' },
  }))
  await Promise.all(
    [one, other].map(async (activity) => {
      const record = makeRecordActivities(dynamoRecordPorts(table, { pauseUpTo: sleepUpTo }))
      while ((await record([activityMessage(activity)])).size > 0);
    }),
  )
  const { leads } = dynamoRecordPorts(table)
  const found = await leads.identify({ email: 'twice@example.com' })
  if (!found) throw new Error('not identified')
  const lead = await leads.load(found.leadId)
  expect(lead?.state?.seen['demo.requested']?.count).toBe(1)
  const log = await leads.facts(found.leadId)
  expect(lead?.state).toEqual(foldLead(log, rules, '2026-04-01T00:00:00.000Z'))
})
