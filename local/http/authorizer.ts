import { stableHash } from '../template/names.ts'

/** The claims of a signed-in user, all text, as an HTTP API hands them on. */
export type Claims = Readonly<Record<string, string>>

/** Stands in for a user pool: the token `local-<group>` is a signed-in user of that group. */
export class LocalTokens {
  readonly #groups: ReadonlySet<string>

  constructor(groups: Iterable<string>) {
    this.#groups = new Set(groups)
  }

  /** @param header the `Authorization` header; undefined: nobody is signed in */
  claimsOf(header: string | undefined, now: number): Claims | undefined {
    const token = header?.replace(/^Bearer\s+/i, '').trim()
    const group = token?.startsWith('local-') ? token.slice('local-'.length) : undefined
    if (group === undefined || !this.#groups.has(group)) return undefined
    const issued = Math.floor(now / 1000)
    return {
      sub: userId(group),
      username: `local-${group}`,
      name: `Local ${group.charAt(0).toUpperCase()}${group.slice(1)}`,
      email: `${group}@example.com`,
      'cognito:groups': `[${group}]`,
      token_use: 'access',
      iat: String(issued),
      exp: String(issued + 3600),
    }
  }
}

function userId(group: string): string {
  const hex = stableHash(`user ${group}`, 32)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
