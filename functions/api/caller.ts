export const roles = ['marketing', 'sales', 'admin'] as const
export type Role = (typeof roles)[number]

/** Who calls, from the claims that the authorizer has checked. */
export interface Caller {
  readonly name: string
  readonly email?: string
  readonly roles: readonly Role[]
}

type Claims = Readonly<Record<string, unknown>>

/** API Gateway hands the groups on as text: `[marketing sales]`. Groups that are no role of ours count for nothing. */
export const callerOf = (claims: Claims): Caller => {
  const groups = String(claims['cognito:groups'] ?? '').split(/[[\],\s]+/)
  const email = text(claims.email)
  return {
    name: text(claims.name) ?? text(claims.username) ?? email ?? text(claims.sub) ?? 'unknown',
    ...(email && { email }),
    roles: roles.filter((role) => groups.includes(role)),
  }
}

const text = (claim: unknown): string | undefined =>
  typeof claim === 'string' && claim !== '' ? claim : undefined
