import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { Clock, Playbooks } from '../ports.ts'

export interface RecentPlaybookOptions {
  readonly current: Playbooks['current']
  /** What to go on with until `current` has answered once. */
  readonly first: Playbook
  readonly clock: Clock
  /** Told of every failure that `current` ends with. */
  readonly failed: (error: unknown) => void
}

/** How long after publishing a form may still be the old one, in milliseconds. */
const keptFor = 30_000

/**
 * The live playbook for those who must answer whether the table does or not: asked for every half minute, and where
 * asking fails, the last one known, until the next half minute.
 */
export const recentPlaybook = ({
  current,
  first,
  clock,
  failed,
}: RecentPlaybookOptions): (() => Promise<Playbook>) => {
  let known = first
  let askAgainAt = 0
  return async () => {
    const now = Date.parse(clock())
    if (now < askAgainAt) return known
    askAgainAt = now + keptFor
    try {
      known = await current()
    } catch (error) {
      failed(error)
    }
    return known
  }
}
