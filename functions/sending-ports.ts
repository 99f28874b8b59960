import type { Mailed, Slot, Stream } from '../domain/deliverability/sending-figures.ts'
import type { SendingChange, SendingState } from '../domain/deliverability/sending-state.ts'
import type { Outcome, Tally } from '../domain/feedback/feedback-of.ts'
import type { Send } from './send-ports.ts'

/** What SES reports about sends. */
export interface SendReports {
  /**
   * Settles a send whose sender died.
   * @returns whether this is the first report of the send: later ones and repeats are not counted again.
   */
  report(outcome: Outcome): Promise<boolean>
  /**
   * SES took the message and refused it afterwards: what was sent has failed.
   * @returns the send that has failed by this, also when it is told again; undefined where there is none.
   */
  fail(outcome: Outcome): Promise<Send | undefined>
}

/** Mail by the time at which it went out. */
export interface SendingFigures {
  /**
   * A bounce or complaint that was counted already changes nothing; `sent` is added. What one costs does not depend on how
   * many there are.
   */
  add(sent: readonly Mailed[], tallies: readonly Tally[]): Promise<void>
  /** Slots from `from` on, strongly consistent. */
  since(from: string, stream: Stream): Promise<readonly Slot[]>
}

export interface SendingStates {
  /** Strongly consistent. @param stream absent: marketing mail. */
  load(stream?: Stream): Promise<SendingState>
  /** One conditional write against `state.version`. @throws Conflict */
  commit(state: SendingState): Promise<void>
}

/** Puts it on the bus. @throws Transient */
export type AnnounceSending = (change: SendingChange) => Promise<void>
