import type { TokenClaims, TokenPurpose, Tokens } from '../ports.ts'

/** Tokens that mean something to this instance alone: `confirm-1`, `unsubscribe-2`, … in the order of signing. */
export const memoryTokens = (): Tokens => {
  const signed = new Map<string, { readonly claims: TokenClaims; readonly expiresAt: string }>()
  const nameOf = (purpose: TokenPurpose): string => `${purpose}-${signed.size + 1}`
  return {
    sign: (purpose, claims, expiresAt) => {
      const token = nameOf(purpose)
      signed.set(token, { claims, expiresAt })
      return token
    },
    verify: (purpose, token, now) => {
      const known = token.startsWith(`${purpose}-`) ? signed.get(token) : undefined
      return known !== undefined && Date.parse(known.expiresAt) > Date.parse(now) ? known.claims : undefined
    },
  }
}
