import { dynamoCheckpoints, dynamoLeads } from '../../../functions/adapters/dynamo-leads.ts'
import { dynamoMergeClaims } from '../../../functions/adapters/dynamo-merge-claims.ts'
import { dynamoReviews } from '../../../functions/adapters/dynamo-reviews.ts'
import { dynamoSendMarks } from '../../../functions/adapters/dynamo-sends.ts'
import { addressHasher } from '../../../functions/adapters/link-keys.ts'
import { memoryTimers } from '../../../functions/adapters/memory-event-bus.ts'
import { newLeadId } from '../../../functions/adapters/system.ts'
import type { RecordPorts } from '../../../functions/record/record-ports.ts'
import { memoryBus } from '../fakes/memory-bus.ts'
import { rules } from '../record/record-world.ts'
import type { TestTable } from './dynalite-table.ts'

/** What `record` needs, on a real table; the rest in memory. */
export const dynamoRecordPorts = (
  { client, tableName }: Pick<TestTable, 'client' | 'tableName'>,
  given: Partial<RecordPorts> = {},
): RecordPorts => ({
  leads: dynamoLeads({ client, tableName, hashAddress: addressHasher('secret'), newLeadId }),
  claims: dynamoMergeClaims(client, tableName),
  checkpoints: dynamoCheckpoints(client, tableName),
  reviews: dynamoReviews(client, tableName),
  bus: memoryBus(),
  timers: memoryTimers(),
  leadTimers: { later: async () => {} },
  sendMarks: dynamoSendMarks(client, tableName),
  clock: () => '2026-04-01T00:00:00.000Z',
  currentRules: async () => rules,
  pauseUpTo: async () => {},
  ...given,
})
