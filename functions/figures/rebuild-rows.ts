import { shardOf } from '../../domain/kpi/replace-rows.ts'
import { rowsVersion } from '../../domain/kpi/row.ts'
import { leadsWithRows } from '../../domain/kpi/settled-rows.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import type { LeadKeys, Rebuilds, RowStore } from '../figures-ports.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { costsChanged } from './figures-message.ts'
import { makeWalkShards } from './walk-shards.ts'

export interface RebuildPorts {
  readonly keys: LeadKeys
  readonly rebuilds: Rebuilds
  readonly store: Pick<RowStore, 'pointers' | 'load' | 'readMoving'>
  /** Puts a message on the figures' own queue. */
  readonly goOn: (message: JsonObject) => Promise<void>
  /** Waits a random part of `ms` milliseconds. */
  readonly pauseUpTo: (ms: number) => Promise<void>
}

/** Leads that are counted at once, of one shard as a rule. */
const stepSize = 1_000

interface Counting {
  /** Leads that told of themselves wait to be counted. */
  readonly isBehind: boolean
  /** @throws where one of them cannot be counted. */
  readonly count: (leadIds: readonly LeadId[]) => Promise<void>
  readonly hasTime: () => boolean
}

/** Has every lead's rows made anew, lane by lane. Safe to repeat. */
export const makeRebuild = ({ keys, rebuilds, store, goOn, pauseUpTo }: RebuildPorts) => {
  const walk = makeWalkShards(keys, stepSize)
  let isChecked = false

  const ask = (lane: number, place?: string): Promise<void> =>
    goOn({ type: 'rebuild', rowsVersion, lane, ...(place !== undefined && { place }) })

  /** @param anew whether all rows are made again that are by the present code already. */
  const begin = (anew: boolean): Promise<void> =>
    retryConflicts(
      async () => {
        const known = await rebuilds.load()
        if (known.rowsVersion === rowsVersion && !anew) return
        const open = Array.from({ length: keys.lanes }, (_, lane) => lane)
        // Before it is noted: whoever dies in between begins again.
        await Promise.all(open.map((lane) => ask(lane)))
        await goOn(costsChanged)
        const isWhole = known.rowsVersion === rowsVersion && known.isWhole
        const onlyMissing = known.version === 0 && (await store.pointers()).length === 0
        await rebuilds.commit({ ...known, rowsVersion, open, isWhole, onlyMissing })
      },
      { pauseUpTo },
    )

  const end = (lane: number): Promise<void> =>
    retryConflicts(
      async () => {
        const known = await rebuilds.load()
        if (known.rowsVersion !== rowsVersion || !known.open.includes(lane)) return
        const open = known.open.filter((one) => one !== lane)
        await rebuilds.commit({ ...known, open, isWhole: known.isWhole || open.length === 0 })
      },
      { pauseUpTo },
    )

  const missing = async (leadIds: readonly LeadId[]): Promise<readonly LeadId[]> => {
    const all: LeadId[] = []
    for (const [shard, own] of Map.groupBy(leadIds, shardOf)) {
      const counted = leadsWithRows(await store.readMoving(await store.load(shard)))
      all.push(...own.filter((leadId) => !counted.has(leadId)))
    }
    return all
  }

  return {
    begin,

    /** Once for each container: a release may make other rows. */
    ensure: async (): Promise<void> => {
      if (!isChecked) await begin(false)
      isChecked = true
    },

    ask,

    /** Counts a lane from `place` on while there is time, one step of it at least, and asks for the rest. */
    goThrough: async (
      lane: number,
      place: string | undefined,
      { count, hasTime, isBehind }: Counting,
    ): Promise<void> => {
      const { onlyMissing = false } = await rebuilds.load()
      // Who waits would be missing now, and be counted twice.
      if (onlyMissing && isBehind) return ask(lane, place)
      let at = place
      do {
        const { leadIds, next } = await walk(lane, at)
        await count(onlyMissing ? await missing(leadIds) : leadIds)
        if (next === undefined) return end(lane)
        at = next
      } while (hasTime())
      await ask(lane, at)
    },
  }
}
