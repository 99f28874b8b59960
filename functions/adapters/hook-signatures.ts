import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { Claim } from '../../domain/hook/signed-claim.ts'
import type { ProveClaim } from '../hook-ports.ts'

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
    case 'told':
      return secrets.reduce((held, secret) => isSame(secret, claim.secret) || held, false)
    default:
      return claim satisfies never
  }
}
