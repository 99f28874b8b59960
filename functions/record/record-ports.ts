import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import type { HookFigures } from '../hook-ports.ts'
import type { Checkpoints, DelayedWakes, MergeClaims } from '../lead-ports.ts'
import type { Alarms, Bus, Clock, Leads } from '../ports.ts'
import type { Reviews } from '../review-ports.ts'
import type { SendMarks } from '../send-ports.ts'

export interface RecordPorts {
  readonly leads: Leads
  readonly claims: MergeClaims
  readonly checkpoints: Checkpoints
  readonly reviews: Pick<Reviews, 'begin'>
  readonly bus: Pick<Bus, 'publish'>
  /** Their messages come to the recorder's own queue. */
  readonly alarms: Alarms
  readonly wakes: DelayedWakes
  /** Counts forms that were sent and confirmed. @default nobody counts */
  readonly formFigures?: Pick<HookFigures, 'add'>
  /** Told of a lead that stood under other rules than the live ones. @default nobody is told */
  readonly ensureRescored?: (live: Playbook, previous: string) => Promise<void>
  /** What becomes of emails is counted for the sequence that sent them. */
  readonly sendMarks: SendMarks
  readonly clock: Clock
  /** The rules that are live. Asked once for each batch. */
  readonly currentRules: () => Promise<Rules>
  /** Waits a random part of `ms` milliseconds: those who met once shall not meet again. */
  readonly pauseUpTo: (ms: number) => Promise<void>
}
