import type { Playbook } from '../../domain/model/playbook.ts'
import type { Bus, Clock, Tokens } from '../ports.ts'
import type { FormStamps } from '../send-ports.ts'

/** What intake needs: no table, no decision. Its 2xx means that the bus has taken the fact. */
export interface IntakePorts {
  readonly bus: Pick<Bus, 'submit'>
  readonly clock: Clock
  readonly tokens: Pick<Tokens, 'verify'>
  readonly stamps: FormStamps
  readonly playbook: Playbook
  readonly newFactId: () => string
  /** SHA-256 in hex. */
  readonly digest: (text: string) => string
  /** Whether what a link says of its mailbox stands for this one. */
  readonly isMarkOf: (mark: string, mailbox: string) => boolean
  readonly isApiKey: (key: string) => boolean
  /** A click or an open that the bus did not take: whoever clicked is sent on all the same. */
  readonly missed: (error: unknown) => void
  /** Where the forms stand, without a slash at the end. */
  readonly publicUrl: string
}
