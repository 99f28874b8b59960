import { shardOf } from '../../domain/kpi/replace-rows.ts'
import { renewRows } from '../../domain/kpi/settled-rows.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import type { RowStore } from '../figures-ports.ts'
import type { Clock } from '../ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'

interface ForgetRowsPorts {
  readonly store: RowStore
  readonly clock: Clock
}

/**
 * Takes leads out of the rows: they are in no object afterwards. They are buried in the table by then, and the pointer moves
 * even where it stands on nothing of theirs: who is on the way there with what they have read earlier comes too late.
 */
export const makeForgetRows =
  ({ store, clock }: ForgetRowsPorts) =>
  async (leadIds: readonly LeadId[]): Promise<void> => {
    for (const [shard, own] of Map.groupBy(leadIds, shardOf)) {
      await retryConflicts(async () => {
        const pointer = await store.load(shard)
        const [rows, now] = [await store.read(pointer), clock()]
        await store.replace(pointer, renewRows(rows, { leads: new Set(own), rows: [] }, Date.parse(now)), now)
      })
      await store.sweep(shard)
    }
  }
