import * as z from 'zod/mini'
import { identityKey, identityRules } from '../../domain/activity/subject.ts'
import {
  type PlannedRow,
  planRow,
  type ReadRow,
  type Rejection,
  takeBack,
} from '../../domain/import/plan-row.ts'
import { type Activity, factsOfImport, type LeadId } from '../../domain/model/activity.ts'
import { decision } from '../../domain/model/decision.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { activityDetailType, source } from '../event-names.ts'
import {
  type EnqueueImport,
  type Import,
  type ImportCounts,
  type ImportLane,
  type Imports,
  importLanes,
  type RowResult,
  type TakenBlock,
  type WaitingBlock,
  type WaitingRow,
} from '../import-ports.ts'
import type { Announce, Bus, Clock, Identified, Lead, Leads } from '../ports.ts'
import type { Failures } from '../queue/handle-batch.ts'
import type { QueueMessage } from '../queue/message.ts'
import type { FirstHeard } from '../record/begin-leads.ts'
import { lookAgainAfter, retryConflicts, unlessConflict, untilToldAtOnce } from '../retry-conflicts.ts'
import { rootLead } from '../root-lead.ts'

export interface TakeRowsPorts {
  readonly imports: Imports
  readonly leads: Pick<Leads, 'identify' | 'load' | 'facts'>
  /** Takes activities as the recorder does. @param isNews whether sequences begin and sales is told by what comes of them. */
  readonly record: (messages: readonly QueueMessage[], importId: string, isNews: boolean) => Promise<Failures>
  /** Makes leads of people whom nobody knew, all together, as no news. @returns those that are for the recorder after all. */
  readonly begin: (
    leads: readonly FirstHeard[],
    rules: Rules,
    importId: string,
  ) => Promise<readonly FirstHeard[]>
  readonly bus: Pick<Bus, 'publish'>
  readonly announce: Announce
  readonly enqueueImport: EnqueueImport
  readonly clock: Clock
  readonly currentRules: () => Promise<Rules>
}

export const laneMessage = (importId: string, lane: number, seq: number) =>
  ({ type: 'rows', importId, lane, seq }) as const

const messageSchema = z.object({
  type: z.literal('rows'),
  importId: z.string(),
  lane: z.int(),
  seq: z.int(),
})

export const noCounts: ImportCounts = { created: 0, updated: 0, unchanged: 0, rejected: 0 }

export const addCounts = (one: ImportCounts, other: ImportCounts): ImportCounts => ({
  created: one.created + other.created,
  updated: one.updated + other.updated,
  unchanged: one.unchanged + other.unchanged,
  rejected: one.rejected + other.rejected,
})

export const newLane = (importId: string, lane: number): ImportLane => ({
  ...{ importId, lane, seq: 0, isIdle: true, counts: noCounts, version: 0 },
})

/** Blocks that one message takes: some two hundred rows. */
const blocksPerMessage = 4
/** Anybody who was ever erased has been since then. */
const longAgo = '1970-01-01T00:00:00.000Z'

/** An activity as it stands on the recorder's queue. */
const asMessage = (activity: Activity): QueueMessage => ({
  messageId: activity.id,
  body: {
    source,
    'detail-type': activityDetailType,
    id: activity.id,
    time: activity.occurredAt,
    detail: activity,
  },
})

/** A writer has died before it published all that it had decided, perhaps over this very row. */
const owes = ({ outbox, owedWakes = [] }: Lead): boolean => outbox.length + owedWakes.length > 0

/** Has the recorder finish that. */
const lookAt = ({ leadId }: Lead): QueueMessage => ({
  messageId: `wake:${leadId}`,
  body: { type: 'wake', leadId },
})

/** A row, whom it is about, and what stands of them. */
interface Known extends Pick<Identified, 'suppressed'> {
  readonly row: ReadRow
  readonly leadId: LeadId
  /** Absent for whoever is new, for whoever an attempt that died has claimed, and for whoever is being erased. */
  readonly lead: Lead | undefined
  /** The lead was claimed for this very row. */
  readonly isClaimed: boolean
}

/** A row as it is about to be recorded. */
interface Taken extends Known {
  readonly planned: PlannedRow
  /** Made by this very row, now or by an attempt before. */
  readonly isNew: boolean
}

const isRead = (row: WaitingRow): row is ReadRow => 'email' in row

/** What stands of some blocks, and which message takes them. */
interface Taking {
  readonly one: Import
  readonly seq: number
  readonly rules: Rules
  /** By number: replaced by what is noted next. */
  readonly blocks: Map<number, TakenBlock>
  /** In which block a line is. */
  readonly blockOf: ReadonlyMap<number, number>
}

const resultIn = ({ blocks, blockOf }: Taking, line: number) =>
  blocks.get(blockOf.get(line) ?? Number.NaN)?.results[line]

/** As the playbook tells people apart. */
const keyOf = ({ email }: ReadRow, { playbook }: Rules): string =>
  identityKey(email, identityRules(playbook.settings.identity))

/** The first row about each person, and the rest. */
const splitFirsts = (rows: readonly ReadRow[], rules: Rules) => {
  const firsts = new Map<string, ReadRow>()
  for (const row of rows) {
    const key = keyOf(row, rules)
    if (!firsts.has(key)) firsts.set(key, row)
  }
  const chosen = [...firsts.values()]
  const isChosen = new Set(chosen.map(({ line }) => line))
  return { chosen, rest: rows.filter(({ line }) => !isChosen.has(line)) }
}

/**
 * Takes the rows of some blocks: finds out whom each is about, notes what becomes of it, and records it. A repeat ends the
 * same: what was noted stays, and is recorded again.
 */
const makeTakeBlocks = (ports: TakeRowsPorts) => {
  const { imports, leads } = ports

  const identify = async (row: ReadRow, rules: Rules): Promise<Known | undefined> => {
    const found = await leads.identify({ email: keyOf(row, rules) }, longAgo)
    if (!found) return undefined
    const { leadId, suppressed, isNew: isClaimed = false } = found
    const lead = isClaimed ? undefined : await rootLead(leads, leadId)
    return { row, leadId: lead?.leadId ?? leadId, lead, isClaimed, ...(suppressed && { suppressed }) }
  }

  const tellRecorder = async ({ one }: Taking, messages: readonly QueueMessage[]): Promise<void> => {
    if (messages.length === 0) return
    const failures = await ports.record(messages, one.importId, one.enter)
    for (const [, error] of failures) throw error
  }

  /**
   * Whoever is new is recorded together with all others that are; where sequences may begin, by the recorder. So is whoever
   * may be on the way out: it writes nothing to somebody who is being erased.
   */
  const record = async (taking: Taking, rows: readonly Taken[]): Promise<void> => {
    const { one, rules } = taking
    const fresh = one.enter ? [] : rows.filter(({ isNew }) => isNew)
    const others = rows.filter((row) => !fresh.includes(row))
    const begun = fresh.map(({ planned: { activities }, leadId, lead, suppressed }) => ({
      ...{ leadId, lead, activities },
      ...(suppressed && { suppressed }),
    }))
    const messages = others.flatMap(({ planned, lead }) =>
      planned.activities.length === 0 && lead && owes(lead)
        ? [lookAt(lead)]
        : planned.activities.map(asMessage),
    )
    const [left] = await Promise.all([
      begun.length > 0 ? ports.begin(begun, rules, one.importId) : [],
      tellRecorder(taking, messages),
    ])
    await tellRecorder(
      taking,
      left.flatMap(({ activities }) => activities.map(asMessage)),
    )
  }

  /** What was noted before stays. */
  const note = async (taking: Taking, rows: ReadonlyMap<number, RowResult>): Promise<void> => {
    const { blocks, blockOf, seq } = taking
    const groups = Map.groupBy(rows, ([line]) => blockOf.get(line))
    await Promise.all(
      [...groups].map(async ([number, group]) => {
        const block = blocks.get(number ?? Number.NaN)
        if (number === undefined || !block) return
        const fresh = group.filter(([line]) => !block.results[line])
        if (fresh.length === 0) return
        const results = Object.fromEntries(fresh.map(([line, result]) => [line, { ...result, seq }]))
        blocks.set(number, await imports.commitTaken({ ...block, results: { ...results, ...block.results } }))
      }),
    )
  }

  /** Rows about different people, side by side. */
  const takeRows = async (taking: Taking, rows: readonly ReadRow[]): Promise<void> => {
    const { one, rules } = taking
    const purposes = Object.keys(rules.playbook.settings.purposes ?? {})
    const wanted = purposes.length > 0 ? purposes : one.consent ? [one.consent.purpose] : ['newsletter']
    const known = await Promise.all(rows.map((row) => identify(row, rules)))
    const results = new Map<number, RowResult>()
    const taken: Taken[] = []
    for (const [index, row] of rows.entries()) {
      const found = known[index]
      if (!found) {
        const reason: Rejection = 'the person asked to be erased'
        results.set(row.line, { outcome: 'rejected', reason })
        continue
      }
      const { state } = found.lead ?? {}
      // That this row made the lead stands already, but perhaps nobody was told of it.
      const isMade = state !== undefined && resultIn(taking, row.line)?.outcome === 'created'
      const isNew = found.isClaimed || isMade
      const planned = planRow(row, isNew ? undefined : state, one, wanted)
      taken.push({ ...found, planned, isNew })
      results.set(row.line, { outcome: planned.outcome, leadId: found.leadId })
    }
    await note(taking, results)
    await record(taking, taken)
  }

  const begin = async (waiting: readonly WaitingBlock[], known: Omit<Taking, 'blocks' | 'blockOf'>) => {
    const blocks = await Promise.all(
      waiting.map(async (place) => {
        const { importId, lane, block } = place
        return (await imports.taken(place)) ?? { importId, lane, block, results: {}, version: 0 }
      }),
    )
    const taking: Taking = {
      ...known,
      blocks: new Map(blocks.map((block) => [block.block, block])),
      blockOf: new Map(waiting.flatMap(({ block, rows }) => rows.map(({ line }) => [line, block] as const))),
    }
    // What an earlier message has taken is counted and recorded; what this one has, may not be recorded.
    const open = waiting
      .flatMap(({ rows }) => rows)
      .filter(({ line }) => (resultIn(taking, line)?.seq ?? known.seq) === known.seq)
      .toSorted((a, b) => a.line - b.line)
    return { taking, open }
  }

  return async (
    waiting: readonly WaitingBlock[],
    known: Omit<Taking, 'blocks' | 'blockOf'>,
  ): Promise<ImportCounts> => {
    const { taking, open } = await begin(waiting, known)
    const refused = open.flatMap((row): [number, RowResult][] =>
      isRead(row) ? [] : [[row.line, { outcome: 'rejected', reason: row.reason }]],
    )
    await note(taking, new Map(refused))
    for (
      let { chosen, rest } = splitFirsts(open.filter(isRead), known.rules);
      chosen.length > 0;
      { chosen, rest } = splitFirsts(rest, known.rules)
    )
      await takeRows(taking, chosen)
    const results = open.flatMap(({ line }) => {
      const result = resultIn(taking, line)
      return result ? [{ line, result }] : []
    })
    await imports.addRejected(
      known.one.importId,
      results.flatMap(({ line, result }) =>
        result.outcome === 'rejected' ? [{ line, reason: result.reason }] : [],
      ),
    )
    return results.reduce((sum, { result }) => addCounts(sum, { ...noCounts, [result.outcome]: 1 }), noCounts)
  }
}

/** Rows are taken back so many blocks at a time. */
const blocksTakenBack = 4

/**
 * Takes back what an import brought: a lead that it made and that nobody has heard of since goes as if it had never been;
 * of others what the import said is voided.
 */
const makeTakeBack = (ports: TakeRowsPorts) => {
  const { imports, leads, bus, clock } = ports

  const forget = async (lead: Lead, { importId }: Import): Promise<boolean> => {
    const facts = await leads.facts(lead.leadId)
    const isOurs = facts.every(({ id }) => id.startsWith(factsOfImport(importId)))
    if (!isOurs || lead.mergedInto !== undefined || (lead.members ?? []).length > 0) return false
    const cause = { at: clock(), factId: `import:${importId}` }
    const data = { because: 'import-undone', version: lead.version } as const
    await bus.publish([decision(lead, 'ErasureRequested', `erase:${importId}`, cause, data)])
    return true
  }

  const takeBackRow = async (one: Import, line: number, result: RowResult): Promise<readonly Activity[]> => {
    if (result.outcome === 'rejected' || result.outcome === 'unchanged') return []
    const lead = await leads.load(result.leadId)
    if (!lead || lead.erased) return []
    if (result.outcome === 'created' && (await forget(lead, one))) return []
    return takeBack({ importId: one.importId, leadId: lead.leadId, line }, clock())
  }

  return async (one: Import, lane: ImportLane): Promise<NonNullable<ImportLane['undone']>> => {
    const { importId } = one
    const place = lane.undone?.after ?? ''
    const { blocks, after, isAll } = await imports.takenAfter(importId, lane.lane, place, blocksTakenBack)
    for (const { results } of blocks) {
      const rows = Object.entries(results)
      const activities = await Promise.all(
        rows.map(([line, result]) => takeBackRow(one, Number(line), result)),
      )
      const failures = await ports.record(activities.flat().map(asMessage), importId, false)
      for (const [, error] of failures) throw error
    }
    return { after, isDone: isAll }
  }
}

/** Tells that an import is over, once all of its rows have been sent and taken. Safe to repeat: it is told under one id. */
const makeTellFinished =
  ({ imports, announce, clock }: TakeRowsPorts) =>
  async ({ importId, isComplete, undoneAt }: Import): Promise<void> => {
    if (!isComplete) return
    const lanes = await Promise.all(
      Array.from({ length: importLanes }, (_, lane) => imports.lane(importId, lane)),
    )
    const isOver = (lane: ImportLane | undefined): boolean =>
      undoneAt === undefined ? lane?.isIdle !== false : lane?.undone?.isDone === true
    if (!lanes.every(isOver)) return
    const counts = lanes.reduce((sum, lane) => addCounts(sum, lane?.counts ?? noCounts), noCounts)
    const undone = undoneAt === undefined ? {} : { undone: true as const }
    const id = `import:${importId}:${undoneAt === undefined ? 'finished' : 'undone'}`
    await announce({ type: 'ImportFinished', id, occurredAt: clock(), importId, ...counts, ...undone })
  }

/**
 * Takes some blocks of a lane in the order of their lines, counts them and turns on in one conditional write, and says so
 * to its own queue; a lane without rows goes to sleep until somebody brings some. A repeat counts nothing twice.
 */
export const makeTakeRows = (ports: TakeRowsPorts) => {
  const { imports, enqueueImport, clock } = ports
  const takeBlocks = makeTakeBlocks(ports)
  const takeBackBlocks = makeTakeBack(ports)
  const tellFinished = makeTellFinished(ports)

  /** @returns undefined where another delivery of the message was faster. */
  const turn = (
    { importId, lane, seq }: ImportLane,
    change: (current: ImportLane) => Partial<ImportLane>,
  ): Promise<ImportLane | undefined> =>
    retryConflicts(
      async () => {
        const current = (await imports.lane(importId, lane)) ?? newLane(importId, lane)
        if (current.seq !== seq) return undefined
        return imports.commitLane({ ...current, ...change(current), seq: seq + 1, turnedAt: clock() })
      },
      { tries: 20 },
    )

  const sleep = (lane: ImportLane): Promise<ImportLane | undefined> =>
    unlessConflict(imports.commitLane({ ...lane, seq: lane.seq + 1, turnedAt: clock(), isIdle: true }))

  const takeNext = async (one: Import, lane: ImportLane): Promise<ImportLane | undefined> => {
    const { importId, seq } = lane
    const blocks = await imports.firstWaiting(importId, lane.lane, blocksPerMessage)
    // Whoever brings rows meanwhile has changed the lane.
    if (blocks.length === 0) return sleep(lane)
    const rules = await ports.currentRules()
    const counts = await takeBlocks(blocks, { one, seq, rules })
    const turned = await turn(lane, (current) => ({
      isIdle: false,
      counts: addCounts(current.counts, counts),
    }))
    if (turned) await Promise.all(blocks.map((block) => imports.endWaiting(block)))
    return turned
  }

  const takeBackNext = async (one: Import, lane: ImportLane): Promise<ImportLane | undefined> => {
    if (lane.undone?.isDone) return sleep(lane)
    const undone = await takeBackBlocks(one, lane)
    return turn(lane, () => ({ undone, isIdle: undone.isDone }))
  }

  const say = ({ importId, lane }: ImportLane, seq: number, seconds = 0): Promise<void> =>
    enqueueImport(laneMessage(importId, lane, seq), seconds)

  const goOn = (one: Import, lane: ImportLane): Promise<void> =>
    lane.isIdle ? tellFinished(one) : say(lane, lane.seq)

  /** Whoever took a step tells of the next one, unless they died before it. */
  const lookAgain = (one: Import, lane: ImportLane): Promise<void> => {
    const seconds = lookAgainAfter(lane, clock(), untilToldAtOnce)
    return lane.isIdle || seconds === 0 ? goOn(one, lane) : say(lane, lane.seq - 1, seconds)
  }

  return async (body: unknown): Promise<void> => {
    const { importId, lane: number, seq } = z.parse(messageSchema, body)
    const one = await imports.load(importId)
    const lane = (await imports.lane(importId, number)) ?? newLane(importId, number)
    if (!one) return
    if (lane.seq === seq + 1) return lookAgain(one, lane)
    if (lane.seq !== seq) return
    const turned = await (one.undoneAt === undefined ? takeNext(one, lane) : takeBackNext(one, lane))
    if (turned) return goOn(one, turned)
    // Somebody has brought rows before the lane went to sleep, or another delivery of the message was faster.
    const current = await imports.lane(importId, number)
    if (current?.seq === seq) await goOn(one, current)
    else if (current?.seq === seq + 1) await lookAgain(one, current)
  }
}
