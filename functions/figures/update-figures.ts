import { costShard, shardOf } from '../../domain/kpi/replace-rows.ts'
import { type Row, rowsVersion } from '../../domain/kpi/row.ts'
import { costRow, rowsOf } from '../../domain/kpi/rows-of.ts'
import { type MovingRows, type NewRows, renewMoving, renewRows } from '../../domain/kpi/settled-rows.ts'
import { entriesOf } from '../../domain/lead/directory.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import type { Costs, KeepListed, ReadHistory, RowStore, ShardPointer, WrittenRows } from '../figures-ports.ts'
import { type Clock, Transient } from '../ports.ts'
import type { Failures } from '../queue/handle-batch.ts'
import type { QueueMessage } from '../queue/message.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { parseMessage, tellFigures } from './figures-message.ts'
import { makeRebuild, type RebuildPorts } from './rebuild-rows.ts'
import type { AskedReport } from './send-report.ts'

export interface UpdateFiguresPorts extends RebuildPorts {
  readonly store: RowStore
  readonly readHistory: ReadHistory
  readonly keepListed: KeepListed
  readonly costs: Pick<Costs, 'list'>
  readonly currentRules: () => Promise<Rules>
  readonly sendReport: (asked: AskedReport) => Promise<void>
  readonly clock: Clock
}

/** Shards and leads that are read at the same time: what they hold stands in memory. */
const shardsAtOnce = 4
const leadsAtOnce = 16

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

/** Leads of a shard that are read, and written, at once. */
const pieceSize = 1_000

interface CountedLeads {
  /** Why some could not be counted. */
  readonly failed: ReadonlyMap<LeadId, unknown>
  /** Those that there was no time for. */
  readonly later: readonly LeadId[]
}

/**
 * Counts leads, and those that they went into, shard by shard: each is written once, or for each piece of so many leads.
 * @param hasTime whether one more piece may begin; absent: all of a shard are one piece, and none is left.
 */
const makeCountLeads =
  (update: ReturnType<typeof makeUpdateShard>, currentRules: () => Promise<Rules>) =>
  async (changed: Iterable<LeadId>, hasTime?: () => boolean): Promise<CountedLeads> => {
    const all = new Set(changed)
    if (all.size === 0) return { failed: new Map(), later: [] }
    const rules = await currentRules()
    const failed = new Map<LeadId, unknown>()
    const later: LeadId[] = []
    const done = new Set<LeadId>()
    const merged: Merged[number][] = []

    const countPiece = async (shard: number, leadIds: readonly LeadId[]): Promise<Merged> => {
      try {
        return await update.leads(shard, leadIds, rules)
      } catch (error) {
        for (const leadId of leadIds) failed.set(leadId, error)
        return []
      }
    }
    const countShard = async (shard: number, leadIds: readonly LeadId[]): Promise<Merged> => {
      const found: Merged[number][] = []
      if (!hasTime) return countPiece(shard, leadIds)
      for (let from = 0; from < leadIds.length; from += pieceSize)
        if (hasTime()) found.push(...(await countPiece(shard, leadIds.slice(from, from + pieceSize))))
        else later.push(...leadIds.slice(from, from + pieceSize))
      return found
    }

    for (let open: ReadonlySet<LeadId> = all; open.size > 0; ) {
      for (const leadId of open) done.add(leadId)
      const found = await inGroups([...Map.groupBy(open, shardOf)], shardsAtOnce, ([shard, leadIds]) =>
        countShard(shard, leadIds),
      )
      merged.push(...found.flat())
      open = new Set(found.flat().flatMap(({ into }) => (done.has(into) ? [] : [into])))
    }
    for (const { from, into } of merged.toReversed()) if (failed.has(into)) failed.set(from, failed.get(into))
    return { failed, later }
  }

/** What a message asks for. */
type Task = { readonly messageId: string } & (
  | { readonly type: 'count'; readonly leadIds: readonly LeadId[] }
  /** `isBehind`: leads that told of themselves wait to be counted. */
  | { readonly type: 'follow'; readonly run: (isBehind: boolean) => Promise<void> }
)

/**
 * Milliseconds in which a batch begins something: less than half of the function's time, as what is begun has to end. Thousands of
 * messages come together, and each may name many leads, a few or thousands of which take a second. A batch that never ends would
 * take all of them to the dead letters; one that ends too soon waits a minute for the next.
 */
const beginsWithin = 45_000

/**
 * Takes what a minute brought: reads each lead that has changed once, whatever was said of it, and writes each shard once.
 * A message whose rows cannot be written comes again; leads that there is no time for are put on the queue anew.
 */
export const makeUpdateFigures = (ports: UpdateFiguresPorts) => {
  const update = makeUpdateShard(ports)
  const countLeads = makeCountLeads(update, ports.currentRules)
  const rebuild = makeRebuild(ports)
  const { leadsChanged } = tellFigures(ports.goOn)

  const countAll = async (leadIds: readonly LeadId[]): Promise<void> => {
    const { failed } = await countLeads(leadIds)
    for (const [, error] of failed) throw error
  }

  /** What the messages of one batch ask for. */
  const makeTaskOf = (hasTime: () => boolean) => {
    const asked = new Set<string>()
    let costs: Promise<void> | undefined
    const countCosts = (): Promise<void> => {
      costs ??= update.costs()
      return costs
    }
    let hasStepped = false
    const goThrough = async (lane: number, place: string | undefined, isBehind: boolean): Promise<void> => {
      // A message that comes twice would have all that follows from it come twice, and that again.
      const step = `${lane} ${place ?? ''}`
      if (asked.has(step)) return
      asked.add(step)
      if (hasStepped && !hasTime()) return rebuild.ask(lane, place)
      hasStepped = true
      await rebuild.goThrough(lane, place, { count: countAll, hasTime, isBehind })
    }

    return ({ messageId, body }: QueueMessage): Task => {
      const follow = (run: (isBehind: boolean) => Promise<void>): Task => ({ messageId, type: 'follow', run })
      const message = parseMessage(body)
      switch (message.type) {
        case 'leads':
          return { messageId, type: 'count', leadIds: message.leadIds }
        case 'costs':
          return follow(countCosts)
        case 'begin':
          return follow(() => rebuild.begin(message.anew))
        case 'report':
          return follow(() => ports.sendReport(message.report))
        case 'rebuild':
          // Code that is being replaced leaves it to the one that asked; what an earlier one asked for is over.
          if (message.rowsVersion > rowsVersion) throw new Transient('rows are made by a newer release')
          return message.rowsVersion < rowsVersion
            ? { messageId, type: 'count', leadIds: [] }
            : follow((isBehind) => goThrough(message.lane, message.place, isBehind))
        default:
          return message satisfies never
      }
    }
  }

  return async (messages: readonly QueueMessage[]): Promise<Failures> => {
    const began = Date.parse(ports.clock())
    const hasTime = (): boolean => Date.parse(ports.clock()) - began < beginsWithin
    await rebuild.ensure()
    const failures = new Map<string, unknown>()
    const taskOf = makeTaskOf(hasTime)
    const tasks: Task[] = []
    for (const message of messages)
      try {
        tasks.push(taskOf(message))
      } catch (error) {
        failures.set(message.messageId, error)
      }
    const changed = tasks.flatMap((task) => (task.type === 'count' ? task.leadIds : []))
    const { failed, later } = await countLeads(changed, hasTime)
    await leadsChanged(later)
    for (const task of tasks)
      try {
        if (task.type === 'follow') await task.run(later.length > 0)
        else for (const leadId of task.leadIds) if (failed.has(leadId)) throw failed.get(leadId)
      } catch (error) {
        failures.set(task.messageId, error)
      }
    return failures
  }
}
