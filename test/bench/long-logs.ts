import type { DynamoDBClient } from '@aws-sdk/client-dynamodb'
import { makeProgress } from '../../bin/progress.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import { compileRules } from '../../domain/rules/rules.ts'
import { makeRecordActivities } from '../../functions/record/record-activities.ts'
import { loadPlaybook } from '../../lib/playbook/load-playbook.ts'
import { startTable } from '../functions/adapters/dynalite-table.ts'
import { dynamoRecordPorts } from '../functions/adapters/dynamo-record-ports.ts'
import { activityMessage } from '../functions/fakes/bus-message.ts'
import type { Row } from './table.ts'

const hour = 3_600_000
const begin = Date.parse('2024-01-01T08:00:00.000Z')
const batch = 100

const kinds: readonly (readonly [string, JsonObject])[] = [
  ['page.viewed', { path: '/' }],
  ['page.viewed', { path: '/pricing' }],
  ['page.engaged', { seconds: 75 }],
  ['content.viewed', {}],
  ['email.opened', { email: 'welcome' }],
  ['email.clicked', { email: 'welcome' }],
  ['content.downloaded', {}],
]

/** One activity an hour of somebody with this address. */
const activityAt = (email: string, index: number, id: string) => {
  const [type, properties] = kinds[index % kinds.length] ?? ['page.viewed', {}]
  const occurredAt = new Date(begin + index * hour).toISOString()
  return activityMessage({ id, type, subject: { email }, occurredAt, properties })
}

interface Units {
  read: number
  written: number
}

/** Adds up what the table says each request took. */
const countUnits = (client: DynamoDBClient): Units => {
  const units = { read: 0, written: 0 }
  client.middlewareStack.add(
    (next, context) => async (call) => {
      Object.assign(call.input, { ReturnConsumedCapacity: 'TOTAL' })
      const result = await next(call)
      const { ConsumedCapacity: consumed } = result.output as {
        readonly ConsumedCapacity?: { CapacityUnits?: number } | { CapacityUnits?: number }[]
      }
      const isRead = /Get|Query|Scan/.test(context.commandName ?? '')
      for (const { CapacityUnits = 0 } of [consumed ?? []].flat())
        units[isRead ? 'read' : 'written'] += CapacityUnits
      return result
    },
    { step: 'initialize' },
  )
  return units
}

/**
 * What one more activity costs in the table, and one that comes three days late, when a lead has so many already. Under
 * the shipped playbook; read units are strongly consistent reads.
 */
export const measureUnits = async (): Promise<readonly Row[]> => {
  const { playbook } = await loadPlaybook('templates')
  if (!playbook) throw new Error('the shipped playbook has faults')
  const rules = compileRules(playbook)
  const table = await startTable()
  const units = countUnits(table.client)
  let now = begin
  const record = makeRecordActivities(
    dynamoRecordPorts(table, { currentRules: async () => rules, clock: () => new Date(now).toISOString() }),
  )
  const take = async (messages: Parameters<typeof record>[0]): Promise<Units> => {
    const before = { ...units }
    for (const error of (await record(messages)).values()) throw error
    return { read: units.read - before.read, written: units.written - before.written }
  }
  const rows: Row[] = []
  try {
    for (const count of [100, 1_000, 10_000]) {
      const email = `lead-${count}@example.com`
      const progress = makeProgress(`A lead with ${count} activities`, count)
      for (let index = 0; index < count; index += batch) {
        now = begin + (index + batch) * hour
        await take(
          Array.from({ length: batch }, (_, offset) =>
            activityAt(email, index + offset, `f${index + offset}`),
          ),
        )
        progress(batch)
      }
      // Several, one by one, as a single one may bring a checkpoint or a change of band with it.
      const several = 20
      const sum = { read: 0, written: 0 }
      for (let more = 0; more < several; more += 1) {
        now = begin + (count + more + 1) * hour
        const took = await take([activityAt(email, count + more, `more${more}`)])
        sum.read += took.read
        sum.written += took.written
      }
      const late = await take([activityAt(email, count - 72, 'late')])
      rows.push(
        { what: `after ${count}: written`, value: sum.written / several, unit: 'WCU' },
        { what: `after ${count}: read`, value: sum.read / several, unit: 'RCU' },
        { what: `after ${count}, three days late: written`, value: late.written, unit: 'WCU' },
        { what: `after ${count}, three days late: read`, value: late.read, unit: 'RCU' },
      )
    }
  } finally {
    await table.stop()
  }
  const growth = (rows[8]?.value ?? 0) / (rows[0]?.value ?? 1)
  return [...rows, { what: '10,000 beside 100: written', value: growth, unit: '×', aim: 'aim at most 1.2' }]
}
