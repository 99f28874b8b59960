import * as z from 'zod/mini'
import { compileCondition } from '../../domain/condition/compile-condition.ts'
import {
  askFor,
  type Broadcast,
  dueFor,
  emptyReport,
  nextReport,
  paceOf,
  sequenceOfBroadcast,
} from '../../domain/sending/broadcast.ts'
import { wholeSecond } from '../../domain/sending/hold-email.ts'
import {
  countsOf,
  decideSplit,
  emailOfWay,
  hasRest,
  lookAt,
  restWay,
  wayOf,
} from '../../domain/split/broadcast-split.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import { type ReadAudiencePorts, readPage } from '../audience/count-audience.ts'
import type { EnqueueAudience } from '../audience-ports.ts'
import {
  type BroadcastPart,
  type BroadcastParts,
  type Broadcasts,
  memberLanes,
  type PartKind,
  type PartStates,
} from '../broadcast-ports.ts'
import type { Announce, Bus, Clock, Playbooks, Timers } from '../ports.ts'
import { lookAgainAfter, unlessConflict } from '../retry-conflicts.ts'
import type { EmailFigures } from '../send-ports.ts'
import { countPage, type ReportPorts } from './broadcast-outcomes.ts'

export interface RunBroadcastPorts extends ReportPorts, ReadAudiencePorts {
  /** Of the lists that are read for the audience. */
  readonly lanes: number
  readonly broadcasts: Broadcasts
  readonly parts: BroadcastParts
  readonly emailFigures: Pick<EmailFigures, 'ofSequence'>
  readonly playbooks: Pick<Playbooks, 'keep'>
  readonly bus: Pick<Bus, 'publish'>
  readonly announce: Announce
  readonly enqueueAudience: EnqueueAudience
  readonly timers: Timers
  readonly clock: Clock
}

export const beginMessage = ({ broadcastId, version }: Broadcast) =>
  ({ type: 'begin-broadcast', broadcastId, version }) as const

const beginSchema = z.object({
  type: z.literal('begin-broadcast'),
  broadcastId: z.string(),
  /** Of the broadcast as it was scheduled: once it is changed, another message begins it. */
  version: z.int(),
})

export const partMessage = ({ broadcastId, kind, lane, seq }: BroadcastPart) =>
  ({ type: 'broadcast', broadcastId, kind, lane, seq }) as const

const partSchema = z.object({
  type: z.literal('broadcast'),
  broadcastId: z.string(),
  kind: z.enum(['freeze', 'dispatch', 'report']),
  lane: z.int(),
  seq: z.int(),
})

export const broadcastMessageSchema = z.discriminatedUnion('type', [beginSchema, partSchema])

const states: PartStates = {
  freeze: { round: 1, found: 0, dues: [] },
  dispatch: { dues: [], due: 0, lane: 0 },
  report: { lane: 0, counted: emptyReport, passes: 0 },
}

const newPart = <Kind extends PartKind>(broadcastId: string, kind: Kind, lane = 0): BroadcastPart<Kind> => ({
  ...{ broadcastId, kind, lane, seq: 0, isDone: false, state: states[kind], version: 0 },
})

/** How far a step has come. */
interface Step<Kind extends PartKind> {
  readonly state: PartStates[Kind]
  readonly isDone?: boolean
  /** The next one is not before then. */
  readonly until?: string
}

const pagesPerStep = 5
/** A message waits no longer in its queue, in seconds. */
const longestDelay = 900
/** If leads keep moving, the last few who did are not in the audience. */
const mostRounds = 4

/** Finds who is in the audience, a few pages at a time. */
const makeFreeze =
  ({ members, ...ports }: RunBroadcastPorts) =>
  async (broadcast: Broadcast, lane: number, from: PartStates['freeze']): Promise<Step<'freeze'>> => {
    const { settings } = ports.rules.playbook
    const compiled = compileCondition(broadcast.condition ?? '', 'lead')
    if (compiled.type === 'fault' || broadcast.canceledAt !== undefined) return { state: from, isDone: true }
    const asked = { condition: compiled.condition, purpose: undefined }
    const dues = new Set(from.dues)
    let { cursor, found } = from
    for (let page = 0; page < pagesPerStep; page += 1) {
      const read = await readPage({ ...ports, suppressionOf: async () => undefined }, asked, lane, cursor)
      const those = read.members.map(({ lead: { leadId, state } }) => ({
        leadId,
        due: dueFor(broadcast, state, settings),
      }))
      found += await members.add(broadcast.broadcastId, those)
      for (const { due } of those) dues.add(due)
      cursor = read.next
      if (cursor === undefined) break
    }
    const { round } = from
    const state = { round, found, dues: [...dues] }
    if (cursor !== undefined) return { state: { ...state, cursor } }
    return found > 0 && round < mostRounds
      ? { state: { ...state, round: round + 1, found: 0 } }
      : { state, isDone: true }
  }

/** The place behind the page that was read: the lanes of one moment, then those of the next. */
const placeAfter = (state: PartStates['dispatch'], next: string | undefined): PartStates['dispatch'] => {
  const { cursor: _, ...rest } = state
  if (next !== undefined) return { ...rest, cursor: next }
  const isLastLane = state.lane + 1 === memberLanes
  return isLastLane ? { ...rest, due: state.due + 1, lane: 0 } : { ...rest, lane: state.lane + 1 }
}

/** Asks for the next emails that are due: of those that are tried before any of the rest. */
const makeDispatch = (ports: RunBroadcastPorts) => {
  const { members, bus, clock } = ports
  const judge = makeJudge(ports)

  const askForSome = async (
    broadcast: Broadcast,
    state: PartStates['dispatch'],
    due: string,
  ): Promise<Step<'dispatch'>> => {
    const now = clock()
    const { size, wait } = paceOf(broadcast)
    const isForRest = state.trial !== undefined
    let next = state
    let asked = 0
    for (let page = 0; page < pagesPerStep && asked < size && next.due === state.due; page += 1) {
      const read = await members.page(broadcast.broadcastId, next.lane, {
        limit: size,
        cursor: next.cursor,
      })
      const meant = read.items.flatMap(({ leadId, due: own }) => {
        const way = wayOf(broadcast, leadId)
        const email = emailOfWay(broadcast, way)
        return own === due && (way === restWay) === isForRest && email !== undefined
          ? [{ leadId, email }]
          : []
      })
      await bus.publish(meant.map((one) => askFor(broadcast, one, now)))
      asked += meant.length
      next = placeAfter(next, read.next)
    }
    return wait > 0 && asked > 0
      ? { state: next, until: wholeSecond(addMilliseconds(now, (wait * asked) / size)) }
      : { state: next }
  }

  return async (broadcast: Broadcast, state: PartStates['dispatch']): Promise<Step<'dispatch'>> => {
    if (broadcast.canceledAt !== undefined) return { state, isDone: true }
    const { trial, dues } = state
    if (trial?.look !== undefined) return judge(broadcast, dues, { ...trial, look: trial.look })
    const due = dues[state.due]
    if (due === undefined)
      return !trial && hasRest(broadcast.split)
        ? judge(broadcast, dues, { askedAt: clock(), look: 1 })
        : { state, isDone: true }
    return clock() < due ? { state, until: wholeSecond(due) } : askForSome(broadcast, state, due)
  }
}

/** Holds the variants against each other when that is due; once it is decided, the rest are asked for, from the first moment on. */
const makeJudge =
  ({ broadcasts, emailFigures, clock }: RunBroadcastPorts) =>
  async (
    broadcast: Broadcast,
    dues: readonly string[],
    { askedAt, look }: { readonly askedAt: string; readonly look: number },
  ): Promise<Step<'dispatch'>> => {
    const from = { dues, due: 0, lane: 0 }
    const decided = { state: { ...from, trial: { askedAt } } }
    const { split, decision } = broadcast
    // Who decided may have died before saying so.
    if (!split || decision) return decided
    const waitFor = (next: number): Step<'dispatch'> => ({
      state: { ...from, trial: { askedAt, look: next } },
      until: wholeSecond(lookAt(split, askedAt, next)),
    })
    const now = clock()
    if (now < lookAt(split, askedAt, look)) return waitFor(look)
    const figures = await emailFigures.ofSequence(sequenceOfBroadcast(broadcast.broadcastId))
    const fresh = decideSplit(countsOf(broadcast, split, figures), look, now)
    if (!fresh) return waitFor(look + 1)
    await broadcasts.commit({ ...broadcast, decision: fresh })
    return decided
  }

/** Counts what has become of the audience, a few pages at a time; who is still to get it is looked at again later. */
const makeReport =
  (ports: RunBroadcastPorts) =>
  async (
    broadcast: Broadcast,
    state: PartStates['report'],
    isDispatched: boolean,
  ): Promise<Step<'report'>> => {
    let { lane, cursor, counted } = state
    for (let page = 0; page < pagesPerStep && lane < memberLanes; page += 1) {
      const read = await countPage(ports, broadcast, { lane, cursor, counted })
      counted = read.counted
      cursor = read.next
      if (cursor === undefined) lane += 1
    }
    const { cursor: _, ...rest } = state
    if (lane < memberLanes)
      return { state: { ...rest, lane, counted, ...(cursor !== undefined && { cursor }) } }
    const now = ports.clock()
    const passes = state.passes + 1
    const again = { ...rest, lane: 0, counted: emptyReport, passes, latest: counted, latestAt: now }
    if (isDispatched && counted.held === 0) return { state: again, isDone: true }
    return { state: again, until: wholeSecond(nextReport(passes, counted.shown, now)) }
  }

/** Sets off what begins a broadcast at its time; freezes its audience, asks for the emails and keeps the report, step by step. */
export const makeRunBroadcast = (ports: RunBroadcastPorts) => {
  const { broadcasts, parts, enqueueAudience, timers, clock, rules } = ports
  const freeze = makeFreeze(ports)
  const dispatch = makeDispatch(ports)
  const report = makeReport(ports)

  const begin = async ({ broadcastId, version }: z.infer<typeof beginSchema>): Promise<void> => {
    const one = await broadcasts.load(broadcastId)
    if (!one) return
    const hasBegun = one.startedAt !== undefined && one.finishedAt === undefined
    const isMeant = hasBegun || (one.status === 'scheduled' && one.version === version)
    if (!isMeant || one.startsAt === undefined) return
    if (clock() < one.startsAt)
      return timers.set(`broadcast:${broadcastId}:${version}`, wholeSecond(one.startsAt), beginMessage(one))
    await ports.playbooks.keep(rules.playbook)
    // Whoever began it may have died before all lanes knew; those that do drop the repeat.
    const started: Broadcast = hasBegun
      ? one
      : await broadcasts.commit({
          ...{ ...one, status: 'sending', startedAt: clock(), playbookVersion: rules.playbook.version },
        })
    const id = `broadcast:${broadcastId}:started`
    await ports.announce({
      type: 'BroadcastStarted',
      id,
      occurredAt: started.startedAt ?? clock(),
      broadcastId,
      email: one.email,
    })
    await Promise.all(
      Array.from({ length: ports.lanes }, (_, lane) =>
        enqueueAudience(partMessage(newPart(broadcastId, 'freeze', lane))),
      ),
    )
  }

  /** Once everybody was found, the emails are asked for, and reported on. */
  const endFreezing = async ({ broadcastId }: BroadcastPart): Promise<void> => {
    const lanes = await Promise.all(
      Array.from({ length: ports.lanes }, (_, lane) => parts.load(broadcastId, 'freeze', lane)),
    )
    if (!lanes.every((lane) => lane?.isDone)) return
    const dues = [...new Set(lanes.flatMap((lane) => lane?.state.dues ?? []))].sort()
    const first = { ...newPart(broadcastId, 'dispatch'), state: { ...states.dispatch, dues } }
    const standing =
      (await parts.load(broadcastId, 'dispatch', 0)) ?? (await unlessConflict(parts.commit(first)))
    if (standing?.seq !== 0) return
    await enqueueAudience(partMessage(standing))
    await enqueueAudience(partMessage(newPart(broadcastId, 'report')))
  }

  const finish = async ({ state }: BroadcastPart<'report'>, one: Broadcast): Promise<void> => {
    const { broadcastId } = one
    const { ways: _, ...latest } = state.latest ?? emptyReport
    if (one.finishedAt === undefined) {
      const finishedAt = clock()
      const status = one.canceledAt === undefined ? 'sent' : 'canceled'
      await broadcasts.commit({ ...one, status, finishedAt })
    }
    const id = `broadcast:${broadcastId}:finished`
    await ports.announce({ type: 'BroadcastFinished', id, occurredAt: clock(), broadcastId, ...latest })
  }

  const goOn = async (part: BroadcastPart, one: Broadcast): Promise<void> => {
    const { broadcastId, kind, lane, seq, until } = part
    if (!part.isDone) {
      const delay = until === undefined ? 0 : Math.ceil((Date.parse(until) - Date.parse(clock())) / 1_000)
      return until === undefined || delay <= longestDelay
        ? enqueueAudience(partMessage(part), Math.max(0, delay))
        : timers.set(`broadcast:${broadcastId}:${kind}:${lane}:${seq}`, until, partMessage(part))
    }
    switch (kind) {
      case 'freeze':
        return endFreezing(part)
      case 'dispatch':
        return undefined
      case 'report':
        return finish(part as BroadcastPart<'report'>, one)
      default:
        return kind satisfies never
    }
  }

  /** A step was taken already. A next one that waits on a timer is told again, which is the same timer. */
  const lookAgain = (part: BroadcastPart, one: Broadcast): Promise<void> => {
    const seconds = lookAgainAfter(part, clock())
    return seconds === 0 || seconds > longestDelay
      ? goOn(part, one)
      : enqueueAudience(partMessage({ ...part, seq: part.seq - 1 }), seconds)
  }

  const step = async (part: BroadcastPart, one: Broadcast): Promise<Step<PartKind>> => {
    const { kind, lane, state } = part
    switch (kind) {
      case 'freeze':
        return freeze(one, lane, state as PartStates['freeze'])
      case 'dispatch':
        return dispatch(one, state as PartStates['dispatch'])
      case 'report': {
        const dispatching = await parts.load(one.broadcastId, 'dispatch', 0)
        return report(
          one,
          state as PartStates['report'],
          dispatching?.isDone === true || one.canceledAt !== undefined,
        )
      }
      default:
        return kind satisfies never
    }
  }

  const takePart = async ({ broadcastId, kind, lane, seq }: z.infer<typeof partSchema>): Promise<void> => {
    const one = await broadcasts.load(broadcastId)
    if (one?.startedAt === undefined) return
    const part: BroadcastPart =
      (await parts.load(broadcastId, kind, lane)) ?? newPart(broadcastId, kind, lane)
    if (part.seq === seq + 1) return lookAgain(part, one)
    if (part.seq !== seq) return
    if (part.until !== undefined && clock() < part.until) return goOn(part, one)
    const { isDone = false, until, state } = await step(part, one)
    const { until: _, ...rest } = part
    const turned = {
      ...{ ...rest, seq: seq + 1, turnedAt: clock(), isDone, state },
      ...(until !== undefined && { until }),
    }
    const standing = await unlessConflict(parts.commit(turned))
    await (standing ? goOn(standing, one) : lookAgain(turned, one))
  }

  return (message: z.infer<typeof broadcastMessageSchema>): Promise<void> => {
    switch (message.type) {
      case 'begin-broadcast':
        return begin(message)
      case 'broadcast':
        return takePart(message)
      default:
        return message satisfies never
    }
  }
}
