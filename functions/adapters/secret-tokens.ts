import { createHmac, timingSafeEqual } from 'node:crypto'
import * as z from 'zod/mini'
import type { JsonObject } from '../../domain/json.ts'
import { type LeadId, parseLeadId } from '../../domain/lead/lead-id.ts'
import type { TokenPurpose, Tokens } from '../ports.ts'
import { deriveKey } from './secrets.ts'

/** Short names keep links short: lead, expiry in epoch seconds, data. */
const payloadSchema = z.object({
  l: z.custom<LeadId>((value) => parseLeadId(value) !== undefined),
  e: z.number(),
  d: z.custom<JsonObject>((value) => typeof value === 'object' && value !== null && !Array.isArray(value)),
})

const shape = /^([\w-]{1,2048})\.([\w-]{43})$/

const readPayload = (text: string): z.infer<typeof payloadSchema> | undefined => {
  try {
    return z.safeParse(payloadSchema, JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** Tokens `payload.signature`: base64url JSON, HMAC-SHA-256 under a key of the purpose. */
export const secretTokens = (secret: string): Tokens => {
  const keys: Record<TokenPurpose, Uint8Array> = {
    confirm: deriveKey(secret, 'token:confirm'),
    unsubscribe: deriveKey(secret, 'token:unsubscribe'),
    handoff: deriveKey(secret, 'token:handoff'),
    profile: deriveKey(secret, 'token:profile'),
    click: deriveKey(secret, 'token:click'),
    open: deriveKey(secret, 'token:open'),
  }
  const signature = (purpose: TokenPurpose, payload: string) =>
    createHmac('sha256', keys[purpose]).update(payload).digest()
  return {
    sign: (purpose, { leadId, data }, expiresAt) => {
      const claims = { l: leadId, e: Math.floor(Date.parse(expiresAt) / 1000), d: data }
      const payload = Buffer.from(JSON.stringify(claims)).toString('base64url')
      return `${payload}.${signature(purpose, payload).toString('base64url')}`
    },
    verify: (purpose, token, now) => {
      const [, payload, given] = shape.exec(token) ?? []
      if (payload === undefined || given === undefined) return undefined
      const expected = signature(purpose, payload)
      // Compared as text: base64url has spare bits, and only one spelling of a signature is right.
      if (!timingSafeEqual(Buffer.from(expected.toString('base64url')), Buffer.from(given))) return undefined
      const claims = readPayload(Buffer.from(payload, 'base64url').toString())
      if (claims === undefined || claims.e * 1000 <= Date.parse(now)) return undefined
      return { leadId: claims.l, data: claims.d }
    },
  }
}
