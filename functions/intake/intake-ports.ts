import type { Playbook } from '../../domain/model/playbook.ts'
import type { AssetStore } from '../playbook-ports.ts'
import type { Bus, Clock, Tokens } from '../ports.ts'
import type { FormStamps } from '../send-ports.ts'

/** Ports of intake. It needs no table and decides nothing; a 2xx response means that the bus has the fact. */
export interface IntakePorts {
  readonly bus: Pick<Bus, 'submit'>
  readonly clock: Clock
  readonly tokens: Pick<Tokens, 'verify'>
  readonly stamps: FormStamps
  readonly playbook: Playbook
  readonly assets: Pick<AssetStore, 'read'>
  readonly newFactId: () => string
  /** SHA-256 in hex. */
  readonly digest: (text: string) => string
  /** Whether a link was sent to this mailbox. */
  readonly isMarkOf: (mark: string, mailbox: string) => boolean
  readonly isApiKey: (key: string) => boolean
  /** Called if the bus rejects a click or an open; the visitor is redirected anyway. */
  readonly missed: (error: unknown) => void
  /** Base URL of the forms, without a trailing slash. */
  readonly publicUrl: string
}
