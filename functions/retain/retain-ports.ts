import type { JsonObject } from '../../domain/json.ts'
import type { Retention } from '../../domain/playbook/settings.ts'
import type { Bus, Clock, Handoffs, Leads, Runs } from '../ports.ts'
import type { Reviews } from '../review-ports.ts'

export interface RetainPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly runs: Pick<Runs, 'list'>
  readonly handoffs: Pick<Handoffs, 'list'>
  readonly reviews: Omit<Reviews, 'begin'>
  readonly bus: Pick<Bus, 'publish'>
  /** As long as people are kept by the live playbook. */
  readonly retention: () => Promise<Retention | undefined>
  /** Puts a message on the function's own queue. */
  readonly goOn: (message: JsonObject) => Promise<void>
  readonly clock: Clock
}
