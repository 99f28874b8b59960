import { createHmac, timingSafeEqual } from 'node:crypto'
import * as z from 'zod/mini'
import type { JsonObject } from '../../domain/json.ts'
import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'
import type { TokenPurpose, Tokens } from '../ports.ts'
import type { LinkKeys } from './link-keys.ts'
import { deriveKey } from './secrets.ts'

/** Short names keep links short: lead, expiry in epoch seconds, data. */
const payloadSchema = z.object({
  l: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  e: z.number(),
  d: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
})

/** Those of earlier releases name no key. */
const shape = /^(?:([a-z0-9]{1,16})\.)?([\w-]{1,2048})\.([\w-]{43})$/

const readPayload = (text: string): z.infer<typeof payloadSchema> | undefined => {
  try {
    return z.safeParse(payloadSchema, JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/**
 * Tokens `key.payload.signature`: id of a key, base64url JSON, HMAC-SHA-256 of both under what is derived from the key for
 * the purpose. @param linkKeys those of the moment.
 */
export const secretTokens = (linkKeys: () => LinkKeys): Tokens => {
  const derived = new Map<string, Uint8Array>()

  /** Derived once for each secret and purpose. */
  const derive = (secret: string, purpose: TokenPurpose): Uint8Array => {
    const name = `${purpose} ${secret}`
    const key = derived.get(name) ?? deriveKey(secret, `token:${purpose}`)
    derived.set(name, key)
    return key
  }

  const keyOf = (id: string | undefined, purpose: TokenPurpose): Uint8Array | undefined => {
    const { keys, former } = linkKeys()
    const known = id === undefined ? former.get(purpose) : keys.get(id)
    if (known === undefined) return undefined
    return id === undefined ? Buffer.from(known, 'hex') : derive(known, purpose)
  }

  const signature = (key: Uint8Array, signed: string): string =>
    createHmac('sha256', key).update(signed).digest('base64url')

  return {
    sign: (purpose, { leadId, data }, expiresAt) => {
      const { current, keys } = linkKeys()
      const claims = { l: leadId, e: Math.floor(Date.parse(expiresAt) / 1000), d: data }
      const signed = `${current}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`
      return `${signed}.${signature(derive(keys.get(current) ?? '', purpose), signed)}`
    },
    verify: (purpose, token, now) => {
      const [, id, payload, given] = shape.exec(token) ?? []
      if (payload === undefined || given === undefined) return undefined
      const key = keyOf(id, purpose)
      if (key === undefined) return undefined
      const expected = signature(key, id === undefined ? payload : `${id}.${payload}`)
      // Compared as text: base64url has spare bits, and only one spelling of a signature is right.
      if (!timingSafeEqual(Buffer.from(expected), Buffer.from(given))) return undefined
      const claims = readPayload(Buffer.from(payload, 'base64url').toString())
      if (claims === undefined || claims.e * 1000 <= Date.parse(now)) return undefined
      return { leadId: claims.l, data: claims.d }
    },
  }
}
