import type { ImportSettings, PlannedRow, ReadRow, Rejection } from '../domain/import/plan-row.ts'
import type { LeadId } from '../domain/model/activity.ts'
import type { JsonObject } from '../domain/model/json.ts'

/** Rows are spread over so many lanes by whom they are about: those about one person are taken in their order. */
export const importLanes = 4

/** An import: what was asked for, and how far it is. */
export interface Import extends ImportSettings {
  readonly name: string
  /** RFC 3339 UTC. */
  readonly createdAt: string
  /** Who asked for it. */
  readonly by: string
  /** Every row has been sent. */
  readonly isComplete: boolean
  /** It is taken back. */
  readonly undoneAt?: string
  /** 0: not stored yet. */
  readonly version: number
}

export interface ImportCounts {
  readonly created: number
  readonly updated: number
  readonly unchanged: number
  readonly rejected: number
}

/** One lane of an import, as its worker goes through it: one message at a time. */
export interface ImportLane {
  readonly importId: string
  readonly lane: number
  /** Of the message that is to come. */
  readonly seq: number
  /** When the last one was taken; absent: none was yet. */
  readonly turnedAt?: string
  /** No message is on its way: whoever brings rows sends one. */
  readonly isIdle: boolean
  readonly counts: ImportCounts
  /** Taking back has come this far; absent: it has not begun. */
  readonly undone?: { readonly after: string; readonly isDone: boolean }
  /** Raised by whoever brings rows. 0: not stored yet. */
  readonly version: number
}

/** As it was read, or why it is left out. */
export type WaitingRow = ReadRow | { readonly line: number; readonly reason: Rejection }

/** Rows of a lane that wait for the worker. A block is a range of lines. */
export interface WaitingBlock {
  readonly importId: string
  readonly lane: number
  readonly block: number
  readonly rows: readonly WaitingRow[]
  /** 0: not stored yet. */
  readonly version: number
}

export type RowResult =
  | { readonly outcome: PlannedRow['outcome']; readonly leadId: LeadId }
  | { readonly outcome: 'rejected'; readonly reason: Rejection }

/** What became of the rows of a block, by line. */
export interface TakenBlock {
  readonly importId: string
  readonly lane: number
  readonly block: number
  /** `seq`: the message that took the row, and counts it. */
  readonly results: Readonly<Record<string, RowResult & { readonly seq: number }>>
  /** 0: not stored yet. */
  readonly version: number
}

export interface RejectedRow {
  readonly line: number
  readonly reason: string
}

type BlockPlace = Pick<WaitingBlock, 'importId' | 'lane' | 'block'>

/** Reads are strongly consistent; a write is one conditional write against `version`. @throws Conflict */
export interface Imports {
  load(importId: string): Promise<Import | undefined>
  commit(one: Import): Promise<Import>
  /** Newest first; eventually consistent. */
  page(place: { readonly limit: number; readonly cursor?: string }): Promise<{
    readonly items: readonly Import[]
    readonly next?: string
  }>
  lane(importId: string, lane: number): Promise<ImportLane | undefined>
  commitLane(lane: ImportLane): Promise<ImportLane>
  waiting(place: BlockPlace): Promise<WaitingBlock | undefined>
  taken(place: BlockPlace): Promise<TakenBlock | undefined>
  commitWaiting(block: WaitingBlock): Promise<WaitingBlock>
  commitTaken(block: TakenBlock): Promise<TakenBlock>
  /** The first ones of a lane that wait. */
  firstWaiting(importId: string, lane: number, limit: number): Promise<readonly WaitingBlock[]>
  /** Nothing of it waits any more; where rows came meanwhile, it stays. */
  endWaiting(block: WaitingBlock): Promise<void>
  /** Blocks of a lane after a place, in a fixed order. */
  takenAfter(
    importId: string,
    lane: number,
    after: string,
    limit: number,
  ): Promise<{ readonly blocks: readonly TakenBlock[]; readonly after: string; readonly isAll: boolean }>
  addRejected(importId: string, rows: readonly RejectedRow[]): Promise<void>
  /** In the order of lines. */
  rejected(importId: string, limit: number, afterLine?: number): Promise<readonly RejectedRow[]>
}

/** Puts a message on the queue of imports. */
export type EnqueueImport = (message: JsonObject, seconds?: number) => Promise<void>
