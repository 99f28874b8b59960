import { join } from 'node:path'
import { checkPlaybook, writeSchemas } from '../../lib/playbook/load-playbook.ts'

/** One of `npm run playbook -- NAME …`. */
export interface Command {
  /** What stands after the name, and what it does: a line of the usage. */
  readonly usage: readonly [args: string, does: string]
  /** @returns the exit code; undefined when it cannot make sense of `args`. */
  run(args: readonly string[]): Promise<number | undefined>
}

export const templates = join(import.meta.dirname, '../../templates')

export const check: Command = {
  usage: ['[DIR]', 'validates a playbook (default: templates)'],
  run: async (args) =>
    args.length > 1 || args[0]?.startsWith('-')
      ? undefined
      : checkPlaybook(args[0] ?? templates, console.log),
}

export const schema: Command = {
  usage: ['', 'writes templates/schema/*.json, for editors'],
  run: async (args) => {
    if (args.length > 0) return undefined
    await writeSchemas(join(templates, 'schema'))
    return 0
  },
}
