import type { Verification } from '../model/hook.ts'

/** A request before authentication. */
export interface SignedRequest {
  readonly method: string
  /** The URL used by the sender. */
  readonly url: string
  /** By name in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/** What must hold for one of the secrets to authenticate a request. */
export type Claim =
  | {
      readonly type: 'signed'
      /** Signed parts, in UTF-8 (HMAC-SHA-256). */
      readonly content: readonly (string | Uint8Array)[]
      /** One valid signature is enough. */
      readonly signatures: readonly string[]
      readonly encoding: 'hex' | 'base64'
      /** Whether the key is the secret's text, or its base64 content after `whsec_`. */
      readonly key: 'text' | 'whsec'
    }
  | { readonly type: 'shared-secret'; readonly secret: string }

type UnprovenReason = 'no signature' | 'stale timestamp'

/** Allowed clock difference in milliseconds, which limits replays. */
const tolerance = 5 * 60_000

const isRecent = (timestamp: string, unit: number, now: string): boolean =>
  /^\d{1,15}$/.test(timestamp) && Math.abs(Number(timestamp) * unit - Date.parse(now)) <= tolerance

const behind = (prefix: string | undefined, header: string | undefined): string | undefined =>
  header?.startsWith(prefix ?? '') && header.length > (prefix ?? '').length
    ? header.slice((prefix ?? '').length)
    : undefined

const unproven = (reason: UnprovenReason) => ({ type: 'unproven', reason }) as const

const decodeBasic = (header: string | undefined): string | undefined => {
  const [, encoded] = /^basic +([A-Za-z0-9+/]+=*)$/i.exec(header ?? '') ?? []
  try {
    return encoded === undefined
      ? undefined
      : new TextDecoder('utf-8', { fatal: true }).decode(
          Uint8Array.from(atob(encoded), (character) => character.charCodeAt(0)),
        )
  } catch {
    return undefined
  }
}

const sharedSecret = (secret: string | undefined) =>
  secret === undefined ? unproven('no signature') : ({ type: 'shared-secret', secret } as const)

/**
 * The authentication claim of a request. HubSpot signs method, URL, body and time in milliseconds; Standard Webhooks id, time
 * in seconds and body, separated by dots; plain HMAC only the body.
 * @param now RFC 3339 UTC.
 */
export const claimOf = (
  verify: Verification,
  { method, url, headers, body }: SignedRequest,
  now: string,
): Claim | { readonly type: 'unproven'; readonly reason: UnprovenReason } => {
  switch (verify.scheme) {
    case 'hubspot-v3': {
      const signature = headers['x-hubspot-signature-v3']
      const timestamp = headers['x-hubspot-request-timestamp']
      if (!signature || !timestamp) return unproven('no signature')
      if (!isRecent(timestamp, 1, now)) return unproven('stale timestamp')
      const content = [method, url, body, timestamp]
      return { type: 'signed', content, signatures: [signature], encoding: 'base64', key: 'text' }
    }
    case 'standard-webhooks': {
      const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map(
        (name) => headers[`webhook-${name}`],
      )
      const signatures = (signature ?? '').split(' ').flatMap((one) => behind('v1,', one) ?? [])
      if (!id || !timestamp || signatures.length === 0) return unproven('no signature')
      if (!isRecent(timestamp, 1000, now)) return unproven('stale timestamp')
      const content = [`${id}.${timestamp}.`, body]
      return { type: 'signed', content, signatures, encoding: 'base64', key: 'whsec' }
    }
    case 'hmac-sha256': {
      const signature = behind(verify.prefix, headers[verify.header])
      if (signature === undefined) return unproven('no signature')
      const { encoding } = verify
      return { type: 'signed', content: [body], signatures: [signature], encoding, key: 'text' }
    }
    case 'basic':
      return sharedSecret(decodeBasic(headers.authorization))
    case 'token':
      return sharedSecret(behind(verify.prefix, headers[verify.header]))
    default:
      return verify satisfies never
  }
}
