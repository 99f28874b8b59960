import type { SenderAccount, SenderIdentity } from '../domain/deliverability/sender-checks.ts'

/** What SES says of the account. Each answers undefined where SES does not. */
export interface SenderService {
  /** Of the domain, else of the address itself. */
  identity(address: string): Promise<SenderIdentity | 'absent' | undefined>
  account(): Promise<SenderAccount | undefined>
}

/** TXT records of a name: empty where there are none, undefined where nothing answers within two seconds. */
export type ReadTexts = (name: string) => Promise<readonly string[] | undefined>

/** Keys for `POST /events`, by the name of whom each was given to. */
export interface ApiKeys {
  list(): Promise<ReadonlyMap<string, string>>
  /** Replaces them all. */
  replace(keys: ReadonlyMap<string, string>): Promise<void>
}

/** Of the user pool's groups. */
export const memberRoles = ['marketing', 'sales', 'admin'] as const
export type MemberRole = (typeof memberRoles)[number]

/** Who may sign in. */
export interface Member {
  /** Of the user pool. */
  readonly id: string
  readonly email: string | null
  readonly roles: readonly MemberRole[]
  /** `invited`: has not signed in yet. */
  readonly status: 'active' | 'invited' | 'disabled'
  /** RFC 3339 UTC. */
  readonly since: string | null
}

/** What the user pool does not do; in words for the one who asked. */
export type Refused =
  | { readonly type: 'known' }
  | { readonly type: 'nobody' }
  | { readonly type: 'not-offered'; readonly detail: string }

export interface Members {
  /** The first 600. */
  list(): Promise<readonly Member[]>
  /** Mails somebody a password for their first sign-in. */
  invite(email: string, roles: readonly MemberRole[]): Promise<{ readonly id: string } | Refused>
  change(id: string, roles: readonly MemberRole[]): Promise<Refused | undefined>
  /** Whoever is disabled cannot sign in; a token that they hold is good for up to an hour more. */
  setEnabled(id: string, isEnabled: boolean): Promise<Refused | undefined>
}

/** How many messages a worker has given up on. */
export interface WaitingLetters {
  readonly worker: string
  readonly queue: string
  readonly count: number
}

/** Of every worker. */
export type CountDeadLetters = () => Promise<readonly WaitingLetters[]>
