import * as z from 'zod/mini'
import {
  beginRun,
  type CalibrationRun,
  type CalibrationState,
  finishRun,
  lastWanted,
  turnPage,
  windowDays,
} from '../../domain/calibration/calibration-run.ts'
import { type JudgedHandoff, observe, verdictOf } from '../../domain/calibration/judged-handoff.ts'
import { scoreThresholdOf } from '../../domain/condition/score-threshold.ts'
import type { Handoff } from '../../domain/handoff/handoff.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { Calibrations, EnqueueCalibration, JudgedHandoffs } from '../calibration-ports.ts'
import { rulesOf } from '../compiled-rules.ts'
import type { Clock, Leads, Playbooks } from '../ports.ts'
import { lookAgainAfter, retryConflicts, untilToldAtOnce } from '../retry-conflicts.ts'

const day = 86_400_000
/** Handoffs of one request to the lists. */
const pageSize = 100
/** Handoffs after which a piece ends: a few seconds' work. */
const pieceSize = 400
/** A piece also ends after this time (ms). */
const budget = 20_000
/** Logs read side by side. */
const atOnce = 25
/** A longer log is left out: hardly anybody has one. */
const mostFacts = 2_000

const sayPiece = (
  goOn: EnqueueCalibration,
  { runId, piece }: Pick<CalibrationRun, 'runId' | 'piece'>,
  seconds = 0,
): Promise<void> => goOn({ type: 'piece', runId, piece }, seconds)

/** Whoever read a piece tells of the next one, unless they died before it. */
const lookAgain = (
  { goOn, clock }: Pick<CalibratePorts, 'goOn' | 'clock'>,
  run: CalibrationRun,
): Promise<void> => {
  const seconds = lookAgainAfter(run, clock(), untilToldAtOnce)
  return sayPiece(goOn, seconds === 0 ? run : { ...run, piece: run.piece - 1 }, seconds)
}

type BeginPorts = Pick<CalibratePorts, 'calibrations' | 'playbooks' | 'goOn' | 'clock'>

/** Handoffs a week to choose a threshold for: `accepted` as many as sales accepts, `as-before` what was asked for last. */
type Wanted = number | 'accepted' | 'as-before'

/** Begins to read what sales said of handoffs; where that is on its way already, sees to it that it goes on. */
export const makeBeginCalibration =
  ({ calibrations, playbooks, goOn, clock }: BeginPorts) =>
  (asked: Wanted): Promise<CalibrationRun> =>
    retryConflicts(async () => {
      const [state, { rulesVersion }] = await Promise.all([calibrations.load(), playbooks.current()])
      const wanted = asked === 'as-before' ? lastWanted(state) : asked === 'accepted' ? undefined : asked
      const begun = beginRun(state, { now: clock(), rules: rulesVersion, wanted })
      const { run } = begun === state ? state : await calibrations.commit(begun)
      if (!run) throw new Error('a calibration began without a run')
      await sayPiece(goOn, run)
      return run
    })

const judgedIn = async (
  { leads }: Pick<CalibratePorts, 'leads'>,
  { leadId, answer, requestedAt, explored }: Handoff,
  rules: Rules,
): Promise<JudgedHandoff | 'left-out' | undefined> => {
  const verdict = verdictOf(answer, rules.playbook.handoff)
  if (verdict === undefined) return undefined
  const facts = await leads.factsWithin(leadId, mostFacts)
  return facts === undefined
    ? 'left-out'
    : observe({ verdict, requestedAt, ...(explored !== undefined && { explored }) }, facts, rules)
}

const readPage = async (ports: CalibratePorts, run: CalibrationRun, rules: Rules) => {
  const { items, next } = await ports.handoffs.page({
    part: run.part,
    from: addMilliseconds(run.startedAt, -windowDays * day),
    limit: pageSize,
    ...(run.cursor !== undefined && { cursor: run.cursor }),
  })
  const found: Awaited<ReturnType<typeof judgedIn>>[] = []
  for (let from = 0; from < items.length; from += atOnce)
    found.push(
      ...(await Promise.all(items.slice(from, from + atOnce).map((one) => judgedIn(ports, one, rules)))),
    )
  const judged = found.filter((one) => typeof one === 'object')
  const leftOut = run.leftOut + found.filter((one) => one === 'left-out').length
  const counted = { ...run, judged: run.judged + judged.length, leftOut }
  return { judged, run: turnPage(counted, next, ports.handoffs.parts) }
}

const readPiece = async (ports: CalibratePorts, begun: CalibrationRun, rules: Rules) => {
  const until = Date.parse(ports.clock()) + budget
  const judged: JudgedHandoff[] = []
  let run = begun
  do {
    const page = await readPage(ports, run, rules)
    judged.push(...page.judged)
    run = page.run
  } while (!run.isRead && judged.length < pieceSize && Date.parse(ports.clock()) < until)
  return { judged, run: { ...run, piece: begun.piece + 1, turnedAt: ports.clock() } }
}

const finish = async (ports: CalibratePorts, state: CalibrationState, rules: Rules): Promise<void> => {
  const judged = await ports.calibrations.pieces(state.run?.runId ?? '')
  const { scoring } = rules.playbook
  const threshold = scoreThresholdOf(rules.qualify)?.score
  const proposing = { scoring, threshold, asOf: ports.clock(), parts: ports.handoffs.parts }
  await ports.calibrations.commit(finishRun(state, judged, proposing))
}

interface PieceMessage {
  readonly runId: string
  readonly piece: number
}

/** Reads a piece and says so to its own queue, or computes once everything is read. A repeat writes the same piece. */
const makeTakePiece = (ports: CalibratePorts) => {
  const begin = makeBeginCalibration(ports)
  return ({ runId, piece }: PieceMessage): Promise<void> =>
    retryConflicts(async () => {
      const state = await ports.calibrations.load()
      const { run } = state
      if (run?.runId !== runId) return
      if (run.piece === piece + 1) return lookAgain(ports, run)
      if (run.piece !== piece) return
      const playbook = await ports.playbooks.current()
      if (playbook.rulesVersion !== run.rules) return void (await begin('as-before'))
      const rules = rulesOf(playbook)
      if (run.isRead) return finish(ports, state, rules)
      const read = await readPiece(ports, run, rules)
      await ports.calibrations.keepPiece(runId, piece, read.judged, ports.clock())
      await ports.calibrations.commit({ ...state, run: read.run })
      await sayPiece(ports.goOn, read.run)
    })
}

const message = z.discriminatedUnion('type', [
  /** A week has begun. */
  z.object({ type: z.literal('begin') }),
  z.object({ type: z.literal('piece'), runId: z.string(), piece: z.int() }),
])

/** Takes one message of the queue. @throws when `body` is none: it ends in the dead-letter queue. */
export const makeCalibrateScoring = (ports: CalibratePorts) => {
  const begin = makeBeginCalibration(ports)
  const takePiece = makeTakePiece(ports)
  return async (body: unknown): Promise<void> => {
    const asked = z.parse(message, body)
    switch (asked.type) {
      case 'begin':
        await begin('as-before')
        return
      case 'piece':
        return takePiece(asked)
      default:
        return asked satisfies never
    }
  }
}

export interface CalibratePorts {
  readonly calibrations: Calibrations
  readonly handoffs: JudgedHandoffs
  readonly leads: Pick<Leads, 'factsWithin'>
  readonly playbooks: Pick<Playbooks, 'current'>
  readonly goOn: EnqueueCalibration
  readonly clock: Clock
}
