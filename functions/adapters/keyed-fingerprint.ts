import { createHmac } from 'node:crypto'
import { deriveKey } from './secrets.ts'

/** @returns what stands for a text in ids: equal for equal texts, and nobody without the secret can tell which text it was. */
export const keyedFingerprint = (secret: string): ((text: string) => string) => {
  const key = deriveKey(secret, 'fingerprint')
  return (text) => createHmac('sha256', key).update(text).digest('base64url')
}
