import { resolve } from 'node:path'
import { parseArgs } from 'node:util'

export interface StartOptions {
  readonly port: number
  readonly fresh: boolean
  readonly memory: boolean
  readonly demo: boolean
  /** Absolute. */
  readonly playbook: string
  /** Absolute. */
  readonly data: string
  /** Of the choice which calls faults hit. */
  readonly seed: number
}

export const USAGE = `Options (after "npm start --"):
  --port N         port of forms, API and console (default 3000, or the environment's PORT)
  --fresh          wipe the data folder first
  --memory         keep nothing on disk
  --playbook DIR   the playbook to run (default templates)
  --demo           load sample data: leads, sign-ups, opens and clicks
  --data DIR       where data is kept (default .local)
  --seed N         another choice of the calls that faults hit (default 1)
`

export class UsageError extends Error {}

/** @throws UsageError naming what is wrong with the arguments */
export function readOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): StartOptions {
  const values = parse(args)
  const port = Number(values.port ?? (environment.PORT || '3000'))
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new UsageError(`the port must be a number from 0 to 65535, not ${values.port ?? environment.PORT}`)
  }
  const seed = Number(values.seed ?? '1')
  if (!Number.isSafeInteger(seed)) throw new UsageError(`the seed must be a whole number, not ${values.seed}`)
  return {
    port,
    fresh: values.fresh ?? false,
    memory: values.memory ?? false,
    demo: values.demo ?? false,
    playbook: resolve(values.playbook ?? 'templates'),
    data: resolve(values.data ?? '.local'),
    seed,
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: false,
      options: {
        port: { type: 'string' },
        fresh: { type: 'boolean' },
        memory: { type: 'boolean' },
        demo: { type: 'boolean' },
        playbook: { type: 'string' },
        data: { type: 'string' },
        seed: { type: 'string' },
      },
    }).values
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}
