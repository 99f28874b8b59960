import { createHmac } from 'node:crypto'
import { deriveKey } from './secrets.ts'

/** What a browser is hashed by: no address's key looks like it. */
export const browserName = (visitorId: string): string => `browser:${visitorId}`

/** @returns what stands for a normalised address in keys: nobody without the secret can tell which address it was. */
export const addressHasher = (secret: string): ((email: string) => string) => {
  const key = deriveKey(secret, 'address')
  return (email) => createHmac('sha256', key).update(email).digest('base64url')
}
