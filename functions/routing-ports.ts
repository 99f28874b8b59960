import type { CountedHandoff, Round } from '../domain/handoff/round.ts'
import type { LeadId } from '../domain/lead/lead-id.ts'

/** Whose turn it is in each team. */
export interface Rounds {
  /** Strongly consistent; an empty round of version 0 where nothing is stored. */
  load(team: string): Promise<Round>
  /** One conditional write against `round.version`. @throws Conflict */
  commit(round: Round): Promise<void>
  /** The team's open handoffs, and those that it lost or closed within the last hour. Strongly consistent, any number. */
  counted(team: string): Promise<readonly CountedHandoff[]>
}

/** Who had the last accepted handoff of a company. */
export interface AccountOwners {
  /** @returns the address of the salesperson. */
  latest(account: string): Promise<string | undefined>
  /** Idempotent; goes away with the lead. */
  remember(account: string, accepted: AcceptedHandoff): Promise<void>
}

export interface AcceptedHandoff {
  readonly handoffId: string
  readonly leadId: LeadId
  /** Address of the salesperson. */
  readonly owner: string
  readonly at: string
}
