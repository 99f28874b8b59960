import { afterAll, beforeAll, expect, test } from 'vitest'
import { foldLead } from '../../../domain/lead/fold.ts'
import { newDelivery } from '../../../domain/webhook/delivery.ts'
import { dynamoDeliveries } from '../../../functions/adapters/dynamo-deliveries.ts'
import { dynamoHandoffs } from '../../../functions/adapters/dynamo-handoffs.ts'
import { dynamoRuns } from '../../../functions/adapters/dynamo-runs.ts'
import { dynamoSends, scanWaiting } from '../../../functions/adapters/dynamo-sends.ts'
import type { Waiting } from '../../../functions/erasure-ports.ts'
import type { Send } from '../../../functions/send-ports.ts'
import { fact, leadId, stored } from '../../domain/support/facts.ts'
import { handoff, requested } from '../../domain/webhook/sample-webhook.ts'
import { rules } from '../record/record-world.ts'
import { startTable, type TestTable } from './dynalite-table.ts'
import { dynamoRecordPorts } from './dynamo-record-ports.ts'

let table: TestTable
beforeAll(async () => {
  table = await startTable()
})
afterAll(() => table.stop())

const at = '2026-03-02T09:00:00.000Z'
const until = '2026-03-02T13:00:00.000Z'
const told = {
  id: 'd1',
  type: 'SequenceEntered' as const,
  occurredAt: at,
  causationId: 'a',
  correlationId: 'b',
  leadId,
  data: { sequence: 'interest', version: 'v1', runId: `${leadId}:interest:1` },
}

const sendOf = (name: string, parts: Pick<Send, 'status'> & Partial<Send>): Send => ({
  sendId: `${leadId}:${name}:1:0`,
  leadId,
  email: 'welcome',
  request: { leadId, sendId: `${leadId}:${name}:1:0`, email: 'welcome', recipient: 'lead' },
  cause: { decisionId: 'decision-1', correlationId: 'fact-1' },
  requestedAt: at,
  marketing: true,
  claimedAt: at,
  leaseUntil: '2026-03-02T09:15:00.000Z',
  ...parts,
})
const held = sendOf('held', { status: 'held', at, reason: 'window', until })
const claimed = sendOf('claimed', { status: 'claimed' })
const sent = sendOf('sent', { status: 'sent', at, messageId: 'm' })

const all = async (segments: number): Promise<readonly Waiting[]> => {
  const found: Waiting[] = []
  for (let Segment = 0; Segment < segments; Segment += 1)
    for await (const { waiting } of scanWaiting(table.client, table.tableName, {
      Segment,
      TotalSegments: segments,
    }))
      found.push(...waiting)
  return found
}

test('everything that waits is found in the table, as it was written, by as many readers as there are', async () => {
  const { client, tableName } = table
  const { leads } = dynamoRecordPorts(table)
  const viewed = fact('viewed', 'page.viewed', '03-02T09:00')
  await leads.append(leadId, [viewed])
  const lead = {
    leadId,
    version: 0,
    outbox: [told],
    state: stored(foldLead([viewed], rules)),
    owedWakes: [until],
  }
  await leads.commit(lead, 0)
  const run = {
    runId: `${leadId}:interest:1`,
    leadId,
    sequence: 'interest',
    playbookVersion: 'v1',
    entryId: `${leadId}:stage:interest:1`,
    enteredAt: at,
    step: 2,
    status: { type: 'waiting', until } as const,
    version: 0,
    outbox: [told],
  }
  await dynamoRuns(client, tableName).commit(run)
  await dynamoHandoffs(client, tableName).commit({ ...handoff, version: 0 })
  for (const send of [held, claimed, sent]) await dynamoSends(client, tableName).claim(send, at)
  const delivery = await dynamoDeliveries(client, tableName).add(newDelivery('crm', requested, at))

  const expected = [
    { type: 'delivery', delivery },
    { type: 'handoff', handoff: { ...handoff, version: 1 } },
    { type: 'lead', lead: { ...lead, version: 1 } },
    { type: 'run', run: { ...run, version: 1 } },
    { type: 'send', send: claimed },
    { type: 'send', send: held },
  ]
  for (const segments of [1, 4]) {
    const found = await all(segments)
    expect(found).toHaveLength(expected.length)
    expect(found).toEqual(expect.arrayContaining(expected))
  }
})
