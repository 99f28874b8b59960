import { createHmac } from 'node:crypto'
import { deriveKey } from './secrets.ts'

/** @returns what stands for a normalised address in keys: nobody without the secret can tell which address it was. */
export const addressHasher = (secret: string): ((email: string) => string) => {
  const key = deriveKey(secret, 'address')
  return (email) => createHmac('sha256', key).update(email).digest('base64url')
}
