import { closeHandoff } from '../../domain/handoff/close-handoff.ts'
import type { Handoffs } from '../ports.ts'
import { type RetryOptions, retryConflicts } from '../retry-conflicts.ts'
import { type PublishHandoffPorts, publishHandoff } from './publish-handoff.ts'

export interface CloseHandoffPorts extends PublishHandoffPorts {
  readonly handoffs: Handoffs
  readonly pauseUpTo: NonNullable<RetryOptions['pauseUpTo']>
}

/** How the deal of a handoff ended. */
export interface DealEnd {
  readonly handoffId: string
  readonly outcome: 'won' | 'lost'
  readonly at: string
}

/** A deal was won or lost: its handoff is done, and whoever had it has one less. Safe to repeat. */
export const makeCloseHandoff =
  (ports: CloseHandoffPorts) =>
  ({ handoffId, outcome, at }: DealEnd): Promise<void> =>
    retryConflicts(
      async () => {
        const stored = await ports.handoffs.find(handoffId)
        if (!stored) return
        const handoff = await publishHandoff(ports, stored)
        const closed = closeHandoff(handoff, outcome, at)
        if (closed === handoff) return ports.handoffs.count(handoff)
        await ports.handoffs.commit(closed)
        await ports.handoffs.count({ ...closed, version: closed.version + 1 })
      },
      { pauseUpTo: ports.pauseUpTo },
    )
