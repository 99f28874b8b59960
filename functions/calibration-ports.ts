import type { CalibrationState } from '../domain/calibration/calibration-run.ts'
import type { JudgedHandoff } from '../domain/calibration/judged-handoff.ts'
import type { Handoff } from '../domain/handoff/handoff.ts'
import type { JsonObject } from '../domain/model/json.ts'

/** What outcomes say of the scoring, and how far reading them is. */
export interface Calibrations {
  /** Strongly consistent. */
  load(): Promise<CalibrationState>
  /** One conditional write against `state.version`. @returns what stands. @throws Conflict */
  commit(state: CalibrationState): Promise<CalibrationState>
  /** What a piece of a reading found; the same piece again takes its place. It goes by itself after a day. */
  keepPiece(runId: string, piece: number, judged: readonly JudgedHandoff[], at: string): Promise<void>
  /** All pieces of a reading, in their order. Strongly consistent. */
  pieces(runId: string): Promise<readonly JudgedHandoff[]>
}

/** Handoffs that sales has judged, in parts over which leads are spread by their ids: each is as good as the whole. */
export interface JudgedHandoffs {
  readonly parts: number
  /** Newest first, requested at `from` (RFC 3339 UTC) or later; eventually consistent. */
  page(query: {
    readonly part: number
    readonly from: string
    readonly limit: number
    readonly cursor?: string
  }): Promise<{ readonly items: readonly Handoff[]; readonly next?: string }>
}

/** The queue on which a reading goes on. */
export type EnqueueCalibration = (message: JsonObject, seconds?: number) => Promise<void>
