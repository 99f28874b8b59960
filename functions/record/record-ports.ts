import type { Rules } from '../../domain/playbook/rules.ts'
import type { Bus, Clock, Leads } from '../ports.ts'

export interface RecordPorts {
  readonly leads: Leads
  readonly bus: Pick<Bus, 'publish'>
  readonly clock: Clock
  readonly rules: Rules
  /** Waits a random part of `ms` milliseconds: those who met once shall not meet again. */
  readonly pauseUpTo: (ms: number) => Promise<void>
}
