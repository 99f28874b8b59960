import { stableHash } from '../template/names.ts'
import { REGION } from '../template/place.ts'

/** The claims of a signed-in user, all text, as an HTTP API hands them on. */
export type Claims = Readonly<Record<string, string>>

/**
 * Stands in for a user pool whose users sign in by their address: the token `local-<group>` is the ID token of a
 * signed-in user of that group. It holds what Cognito puts into one and nothing else.
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html
 */
export class LocalTokens {
  readonly #groups: ReadonlySet<string>
  readonly #audience: string

  /** @param audience the id of the client that the users sign in with */
  constructor(groups: Iterable<string>, audience: string) {
    this.#groups = new Set(groups)
    this.#audience = audience
  }

  /** @param header the `Authorization` header; undefined: nobody is signed in */
  claimsOf(header: string | undefined, now: number): Claims | undefined {
    const token = header?.replace(/^Bearer\s+/i, '').trim()
    const group = token?.startsWith('local-') ? token.slice('local-'.length) : undefined
    if (group === undefined || !this.#groups.has(group)) return undefined
    const issued = String(Math.floor(now / 1000))
    const user = userId(`user ${group}`)
    return {
      aud: this.#audience,
      auth_time: issued,
      'cognito:groups': `[${group}]`,
      // Where people sign in by their address, their names in the pool are ids.
      'cognito:username': user,
      email: `${group}@example.com`,
      email_verified: 'true',
      event_id: userId(`sign-in ${group}`),
      exp: String(Number(issued) + 3600),
      iat: issued,
      iss: `https://cognito-idp.${REGION}.amazonaws.com/${REGION}_local`,
      jti: userId(`token ${group} ${issued}`),
      name: `Local ${group.charAt(0).toUpperCase()}${group.slice(1)}`,
      origin_jti: userId(`origin ${group}`),
      sub: user,
      token_use: 'id',
    }
  }
}

function userId(of: string): string {
  const hex = stableHash(of, 32)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}
