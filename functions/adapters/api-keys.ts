import { createHash, timingSafeEqual } from 'node:crypto'
import * as z from 'zod/mini'

const keys = z.record(z.string(), z.string().check(z.minLength(8)))

const digest = (text: string) => createHash('sha256').update(text).digest()

/**
 * Keys for `POST /events`: every value of the secret's JSON object is one, its name is whom it was given to.
 * All are compared, in constant time. @throws when the secret is not such an object.
 */
export const apiKeyCheck = (secret: string): ((key: string) => boolean) => {
  const known = Object.values(z.parse(keys, JSON.parse(secret))).map(digest)
  return (key) => {
    const given = digest(key)
    return known.reduce((found, one) => timingSafeEqual(one, given) || found, false)
  }
}
