import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { Bus, Clock, Leads, Tokens } from '../ports.ts'

export interface PreferencePorts {
  readonly leads: Pick<Leads, 'load' | 'facts'>
  readonly bus: Pick<Bus, 'submit'>
  readonly tokens: Pick<Tokens, 'verify'>
  readonly clock: Clock
  readonly playbook: Playbook
  readonly newFactId: () => string
  /** SHA-256 in hex. */
  readonly digest: (text: string) => string
}
