import { createHmac } from 'node:crypto'
import type { WebhookSecrets } from '../webhook-ports.ts'
import { deriveKey } from './secrets.ts'

const prefix = 'whsec_'

/** A signature of Standard Webhooks by a secret as it is shown to people: `v1,` and base64 of an HMAC-SHA-256. */
export const signWebhook = (secret: string, webhookId: string, seconds: number, body: string): string => {
  const key = Buffer.from(secret.slice(prefix.length), 'base64')
  return `v1,${createHmac('sha256', key).update(`${webhookId}.${seconds}.${body}`).digest('base64')}`
}

/** Secrets of webhooks, derived: none is stored, and each endpoint and generation has its own (32 bytes). */
export const webhookSecrets = (secret: string): WebhookSecrets => {
  const secretOf = (endpoint: string, generation: number): string =>
    `${prefix}${Buffer.from(deriveKey(secret, `webhook:${endpoint}:${generation}`)).toString('base64')}`
  return {
    secretOf,
    sign: (endpoint, generations, { webhookId, seconds, body }) =>
      generations
        .map((generation) => signWebhook(secretOf(endpoint, generation), webhookId, seconds, body))
        .join(' '),
  }
}
