export const roles = ['marketing', 'sales', 'admin'] as const
export type Role = (typeof roles)[number]

/** Who calls, from the claims that the authorizer has checked. */
export interface Caller {
  readonly name: string
  readonly email?: string
  readonly roles: readonly Role[]
}

type Claims = Readonly<Record<string, unknown>>

/**
 * Who calls, by their ID token. API Gateway hands the groups on as text: `[marketing sales]`. Groups that are no role of
 * ours count for nothing, and a name in the pool is an id that nobody knows, so the address goes before it.
 * @returns undefined for an access token: it passes the authorizer too, but does not say who the person is.
 */
export const callerOf = (claims: Claims): Caller | undefined => {
  if (claims.token_use === 'access') return undefined
  const groups = String(claims['cognito:groups'] ?? '').split(/[[\],\s]+/)
  const email = text(claims.email)
  return {
    name: text(claims.name) ?? email ?? text(claims['cognito:username']) ?? text(claims.sub) ?? 'unknown',
    ...(email && { email }),
    roles: roles.filter((role) => groups.includes(role)),
  }
}

const text = (claim: unknown): string | undefined =>
  typeof claim === 'string' && claim !== '' ? claim : undefined
