import { costShard, shardOf } from '../../domain/kpi/replace-rows.ts'
import { type Row, rowsVersion } from '../../domain/kpi/row.ts'
import { costRow, rowsOf } from '../../domain/kpi/rows-of.ts'
import { type MovingRows, type NewRows, renewMoving, renewRows } from '../../domain/kpi/settled-rows.ts'
import { entriesOf } from '../../domain/lead/directory.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import type { JsonObject } from '../../domain/model/json.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import type {
  Costs,
  KeepListed,
  ReadHistory,
  Rebuilds,
  RowStore,
  ShardPointer,
  WrittenRows,
} from '../figures-ports.ts'
import { type Clock, type LeadList, Transient } from '../ports.ts'
import type { Failures } from '../queue/handle-batch.ts'
import type { QueueMessage } from '../queue/message.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { costsChanged, parseMessage, tellFigures } from './figures-message.ts'
import type { AskedReport } from './send-report.ts'

export interface UpdateFiguresPorts {
  readonly store: RowStore
  readonly readHistory: ReadHistory
  readonly keepListed: KeepListed
  readonly costs: Pick<Costs, 'list'>
  readonly list: Pick<LeadList, 'lane'>
  /** Parts of the lists that are gone through side by side; each holds whole shards. */
  readonly lanes: number
  readonly rebuilds: Rebuilds
  /** Puts a message on the figures' own queue. */
  readonly goOn: (message: JsonObject) => Promise<void>
  readonly currentRules: () => Promise<Rules>
  readonly sendReport: (asked: AskedReport) => Promise<void>
  readonly clock: Clock
  /** Waits a random part of `ms` milliseconds. */
  readonly pauseUpTo: (ms: number) => Promise<void>
}

/** Shards and leads that are read at the same time: what they hold stands in memory. */
const shardsAtOnce = 4
const leadsAtOnce = 16
/** Leads of a rebuild that one message takes: each page writes the shards of its lane once. */
const pageSize = 500

/** Takes `all` in groups of `width`. */
const inGroups = async <One, Result>(
  all: readonly One[],
  width: number,
  take: (one: One) => Promise<Result>,
): Promise<readonly Result[]> => {
  const results: Result[] = []
  for (let from = 0; from < all.length; from += width)
    results.push(...(await Promise.all(all.slice(from, from + width).map(take))))
  return results
}

interface CountedLead {
  readonly rows: readonly Row[]
  /** Stands in another lead's rows. */
  readonly into?: LeadId
}

/**
 * Makes the rows of leads anew and writes their shard once. What rows are made of is read after the pointer of the shard: who
 * moves it meanwhile by what they have read earlier makes this attempt fail, and all is read again.
 */
const makeUpdateShard = (ports: UpdateFiguresPorts) => {
  const { store, readHistory, keepListed, costs, rebuilds, goOn, clock, pauseUpTo } = ports
  const count = async (leadId: LeadId, rules: Rules, now: string): Promise<CountedLead> => {
    const found = await readHistory(leadId)
    const { email, state } = (found.type === 'lead' && found.lead) || {}
    const entries = state && email !== undefined ? entriesOf({ email, state }) : []
    await keepListed(leadId, entries, found.places)
    switch (found.type) {
      case 'lead':
        return { rows: rowsOf(found.history, rules, now) }
      case 'merged':
        return { rows: [], into: found.into }
      case 'nobody':
        return { rows: [] }
      default:
        return found satisfies never
    }
  }

  /** What the shard gets of it; undefined where all stands. */
  const renew = async (
    pointer: ShardPointer,
    former: MovingRows,
    counted: NewRows,
    now: number,
  ): Promise<WrittenRows | undefined> => {
    const { settled, rows, torn } = pointer
    const moving = renewMoving(former, { rows, before: settled?.before ?? 0 }, counted, now)
    if (moving === 'stands') return torn && { moving: former }
    if (moving !== 'all') return { moving }
    const { open } = await rebuilds.load()
    // A release that knows nothing of settled rows may still be at work.
    return renewRows(await store.read(pointer), counted, open.length > 0 ? undefined : now)
  }

  /** What an earlier release has lost comes back with everybody, where they are not on the way already. */
  const mend = async ({ torn }: ShardPointer): Promise<void> => {
    if (torn && (await rebuilds.load()).open.length === 0) await goOn({ type: 'begin', anew: true })
  }

  const replace = (
    shard: number,
    leads: readonly (LeadId | null)[],
    rowsAt: (now: string) => Promise<readonly Row[]>,
  ): Promise<void> =>
    retryConflicts(
      async () => {
        const now = clock()
        const pointer = await store.load(shard)
        const [former, rows] = await Promise.all([store.readMoving(pointer), rowsAt(now)])
        const next = await renew(pointer, former, { leads: new Set(leads), rows }, Date.parse(now))
        if (!next) return
        await mend(pointer)
        await store.replace(pointer, next, now)
      },
      { pauseUpTo },
    )

  return {
    /** @returns leads that others went into: their rows hold what these did. */
    leads: async (shard: number, leadIds: readonly LeadId[], rules: Rules): Promise<Merged> => {
      let counted: readonly CountedLead[] = []
      await replace(shard, leadIds, async (now) => {
        counted = await inGroups(leadIds, leadsAtOnce, (leadId) => count(leadId, rules, now))
        return counted.flatMap(({ rows }) => rows)
      })
      return counted.flatMap(({ into }, index) => {
        const from = leadIds[index]
        return into !== undefined && from !== undefined ? [{ from, into }] : []
      })
    },

    costs: () => replace(costShard, [null], async () => (await costs.list()).map(costRow)),
  }
}

type Merged = readonly { readonly from: LeadId; readonly into: LeadId }[]

/**
 * Counts leads, and those that they went into.
 * @returns why some could not be counted.
 */
const makeCountLeads = (update: ReturnType<typeof makeUpdateShard>) => {
  const countShard = async (
    shard: number,
    leadIds: readonly LeadId[],
    rules: Rules,
    failed: Map<LeadId, unknown>,
  ): Promise<Merged> => {
    try {
      return await update.leads(shard, leadIds, rules)
    } catch (error) {
      for (const leadId of leadIds) failed.set(leadId, error)
      return []
    }
  }

  return async (changed: ReadonlySet<LeadId>, rules: Rules): Promise<ReadonlyMap<LeadId, unknown>> => {
    const failed = new Map<LeadId, unknown>()
    const done = new Set<LeadId>()
    const merged: Merged[number][] = []
    for (let open = changed; open.size > 0; ) {
      for (const leadId of open) done.add(leadId)
      const shards = [...Map.groupBy(open, shardOf)]
      const found = await inGroups(shards, shardsAtOnce, ([shard, leadIds]) =>
        countShard(shard, leadIds, rules, failed),
      )
      merged.push(...found.flat())
      open = new Set(found.flat().flatMap(({ into }) => (done.has(into) ? [] : [into])))
    }
    for (const { from, into } of merged.toReversed()) if (failed.has(into)) failed.set(from, failed.get(into))
    return failed
  }
}

/** Has every lead's rows made anew, lane by lane. Safe to repeat. */
const makeRebuild = (ports: UpdateFiguresPorts) => {
  const { list, lanes, rebuilds, goOn, pauseUpTo } = ports
  let isChecked = false

  /** @param anew whether all rows are made again that are by the present code already. */
  const begin = (anew: boolean): Promise<void> =>
    retryConflicts(
      async () => {
        const known = await rebuilds.load()
        if (known.rowsVersion === rowsVersion && !anew) return
        const open = Array.from({ length: lanes }, (_, lane) => lane)
        // Before it is noted: whoever dies in between begins again.
        await Promise.all(open.map((lane) => goOn({ type: 'rebuild', rowsVersion, lane })))
        await goOn(costsChanged)
        const isWhole = known.rowsVersion === rowsVersion && known.isWhole
        await rebuilds.commit({ ...known, rowsVersion, open, isWhole })
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

  return {
    begin,

    /** Once for each container: a release may make other rows. */
    ensure: async (): Promise<void> => {
      if (!isChecked) await begin(false)
      isChecked = true
    },

    readPage: (lane: number, cursor: string | undefined) =>
      list.lane(lane, { limit: pageSize, ...(cursor !== undefined && { cursor }) }),

    /** The page is written: the next one follows, or the lane is through. */
    turn: (lane: number, next: string | undefined): Promise<void> =>
      next === undefined ? end(lane) : goOn({ type: 'rebuild', rowsVersion, lane, cursor: next }),
  }
}

/** What a message asks for. */
interface Task {
  readonly messageId: string
  readonly leadIds: readonly LeadId[]
  /** Once the rows of these leads are written. */
  readonly after?: () => Promise<void>
}

/**
 * Leads that one batch takes, or a few more: a fraction of the function's time, on a slow machine as well. Thousands of messages come
 * together, and each may name many: a batch that never ends would take all of them to the dead letters.
 */
const mostLeads = 2_000

/**
 * The leads of a batch that are counted now, shard by shard, so that each is still written once, and those that wait for the next.
 * What something follows from is counted now in any case.
 */
const portionOf = (tasks: readonly Task[]) => {
  const urgent = new Set(tasks.flatMap(({ leadIds, after }) => (after ? leadIds : [])))
  const all = new Set([...urgent, ...tasks.flatMap(({ leadIds }) => leadIds)])
  const now = new Set<LeadId>()
  const later: LeadId[] = []
  for (const [, ofShard] of Map.groupBy(all, shardOf)) {
    const hasRoom = now.size < mostLeads
    for (const leadId of ofShard)
      if (hasRoom || urgent.has(leadId)) now.add(leadId)
      else later.push(leadId)
  }
  return { now, later }
}

/**
 * Takes what a minute brought: reads each lead that has changed once, whatever was said of it, and writes each shard once.
 * A message whose rows cannot be written comes again; leads that are too many for one batch are put on the queue anew.
 */
export const makeUpdateFigures = (ports: UpdateFiguresPorts) => {
  const update = makeUpdateShard(ports)
  const countLeads = makeCountLeads(update)
  const rebuild = makeRebuild(ports)
  const { leadsChanged } = tellFigures(ports.goOn)

  /** @param pages of rebuilds that this batch was asked for already; it takes as many as there are lanes. */
  const taskOf = async (
    { messageId, body }: QueueMessage,
    costs: () => Promise<void>,
    pages: Set<string>,
  ): Promise<Task> => {
    const message = parseMessage(body)
    switch (message.type) {
      case 'leads':
        return { messageId, leadIds: message.leadIds }
      case 'costs':
        return { messageId, leadIds: [], after: costs }
      case 'begin':
        return { messageId, leadIds: [], after: () => rebuild.begin(message.anew) }
      case 'report':
        return { messageId, leadIds: [], after: () => ports.sendReport(message.report) }
      case 'rebuild': {
        const { lane, cursor } = message
        // Code that is being replaced leaves it to the one that asked; what an earlier one asked for is over.
        if (message.rowsVersion > rowsVersion) throw new Transient('rows are made by a newer release')
        if (message.rowsVersion < rowsVersion) return { messageId, leadIds: [] }
        // A message that comes twice would have all that follows from it come twice, and that again.
        const page = `${lane} ${cursor ?? ''}`
        const none = { messageId, leadIds: [] }
        if (pages.has(page)) return none
        pages.add(page)
        if (pages.size > ports.lanes) {
          await ports.goOn(message)
          return none
        }
        const { items, next } = await rebuild.readPage(lane, cursor)
        return {
          messageId,
          leadIds: items.map(({ leadId }) => leadId),
          after: () => rebuild.turn(lane, next),
        }
      }
      default:
        return message satisfies never
    }
  }

  return async (messages: readonly QueueMessage[]): Promise<Failures> => {
    await rebuild.ensure()
    const failures = new Map<string, unknown>()
    let costs: Promise<void> | undefined
    const countCosts = (): Promise<void> => {
      costs ??= update.costs()
      return costs
    }
    const tasks: Task[] = []
    const pages = new Set<string>()
    for (const message of messages)
      try {
        tasks.push(await taskOf(message, countCosts, pages))
      } catch (error) {
        failures.set(message.messageId, error)
      }
    const { now, later } = portionOf(tasks)
    await leadsChanged(later)
    const failed = now.size > 0 ? await countLeads(now, await ports.currentRules()) : new Map()
    for (const { messageId, leadIds, after } of tasks)
      try {
        const failure = leadIds.find((leadId) => failed.has(leadId))
        if (failure !== undefined) throw failed.get(failure)
        await after?.()
      } catch (error) {
        failures.set(messageId, error)
      }
    return failures
  }
}
