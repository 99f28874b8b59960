import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import * as z from 'zod/mini'
import type { HookSecrets } from '../hook-ports.ts'
import { type Clock, Transient } from '../ports.ts'
import { readSecret } from './secrets.ts'

/** How long after a secret was changed the former one counts, in milliseconds. */
const keptFor = 30_000
/** A shorter one is none: it could be guessed. */
const shortest = 8

const shape = z.record(z.string(), z.union([z.string(), z.array(z.string())]))

type BySource = z.infer<typeof shape>

const parse = (text: string): BySource => {
  try {
    return z.parse(shape, JSON.parse(text))
  } catch {
    // What it says instead is a secret.
    throw new Transient('HookSecrets is no JSON object of source and secret, or list of secrets')
  }
}

export interface HookSecretsOptions {
  readonly client: SecretsManagerClient
  readonly arn: string
  readonly clock: Clock
}

/**
 * The secret `HookSecrets`: `{ "<source>": "<secret>" }`, or `["new", "old"]` while one is replaced. Read at most every
 * half minute: whoever changes it does not deploy again.
 */
export const hookSecrets = ({ client, arn, clock }: HookSecretsOptions): HookSecrets => {
  let known: { readonly bySource: Promise<BySource>; readonly until: number } | undefined
  const read = async (): Promise<BySource> => parse(await readSecret(client, arn))
  const secretsOf = async (source: string): Promise<readonly string[]> => {
    const now = Date.parse(clock())
    if (known === undefined || now >= known.until) {
      const bySource = read()
      known = { bySource, until: now + keptFor }
      bySource.catch(() => {
        known = undefined
      })
    }
    const bySource = await known.bySource
    const secrets = Object.hasOwn(bySource, source) ? bySource[source] : undefined
    return [secrets ?? []].flat()
  }
  const isLong = (secret: string): boolean => secret.length >= shortest
  return Object.assign(async (source: string) => (await secretsOf(source)).filter(isLong), {
    isTooShort: async (source: string) => {
      const secrets = await secretsOf(source)
      return secrets.length > 0 && !secrets.some(isLong)
    },
  })
}
