import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import * as z from 'zod/mini'
import type { Claim } from '../../domain/hook/signed-claim.ts'
import { type Clock, Transient } from '../ports.ts'
import type { HookSecrets, ProveClaim, WebhookSecrets } from '../webhook-ports.ts'
import { deriveKey, readSecret } from './link-keys.ts'

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
    throw new Transient('HookSecrets is not a JSON object of source and secret, or list of secrets')
  }
}

interface HookSecretsOptions {
  readonly client: SecretsManagerClient
  readonly arn: string
  readonly clock: Clock
}

/**
 * The secret `HookSecrets`: `{ "<source>": "<secret>" }`, or `["new", "old"]` while one is replaced. Read at most every
 * half minute: a change needs no deployment.
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

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Of equal length whatever they are made of, so that comparing tells nothing. */
const isSame = (a: string, b: string): boolean => timingSafeEqual(sha256(a), sha256(b))

const keyOf = (secret: string, kind: 'text' | 'whsec'): string | Buffer =>
  kind === 'whsec' ? Buffer.from(secret.replace(/^whsec_/, ''), 'base64') : secret

const sign = ({ content, encoding, key }: Extract<Claim, { type: 'signed' }>, secret: string): string => {
  const hmac = createHmac('sha256', keyOf(secret, key))
  for (const part of content) hmac.update(part)
  return hmac.digest(encoding)
}

/** A sender that rotates its secret signs with two; more only cost time. */
const mostSignatures = 5

/** Compares with every secret, and in constant time. */
export const proveClaim: ProveClaim = (claim, secrets) => {
  switch (claim.type) {
    case 'signed': {
      const given = claim.signatures
        .slice(0, mostSignatures)
        .map((signature) => (claim.encoding === 'hex' ? signature.toLowerCase() : signature))
      return secrets
        .map((secret) => sign(claim, secret))
        .reduce((held, right) => given.reduce((any, one) => isSame(one, right) || any, held), false)
    }
    case 'shared-secret':
      return secrets.reduce((held, secret) => isSame(secret, claim.secret) || held, false)
    default:
      return claim satisfies never
  }
}

const prefix = 'whsec_'

/** A signature of Standard Webhooks by a secret as it is shown to people: `v1,` and base64 of an HMAC-SHA-256. */
export const signWebhook = (secret: string, webhookId: string, seconds: number, body: string): string => {
  const key = Buffer.from(secret.slice(prefix.length), 'base64')
  return `v1,${createHmac('sha256', key).update(`${webhookId}.${seconds}.${body}`).digest('base64')}`
}

/** Secrets of webhooks, derived: none is stored, and each endpoint and generation has its own (32 bytes). */
export const webhookSecrets = (secret: string): WebhookSecrets => {
  const secretOf = (endpoint: string, generation: number): string =>
    `${prefix}${deriveKey(secret, `webhook:${endpoint}:${generation}`).export().toString('base64')}`
  return {
    secretOf,
    sign: (endpoint, generations, { webhookId, seconds, body }) =>
      generations
        .map((generation) => signWebhook(secretOf(endpoint, generation), webhookId, seconds, body))
        .join(' '),
  }
}
