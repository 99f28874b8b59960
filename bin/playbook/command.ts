import { join } from 'node:path'

/** One of `npm run playbook -- NAME …`. */
export interface Command {
  /** What stands after the name, and what it does: a line of the usage. */
  readonly usage: readonly [args: string, does: string]
  /** @returns the exit code; undefined when it cannot make sense of `args`. */
  run(args: readonly string[]): Promise<number | undefined>
}

export const templates = join(import.meta.dirname, '../../templates')
