import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Seal } from '../email-ports.ts'
import type { LinkKeys } from './link-keys.ts'
import { deriveKey } from './secrets.ts'

const ivBytes = 12
const tagBytes = 16

/** AES-256-GCM: base64url of initialisation vector, authentication tag and ciphertext. */
export const secretSeal = (linkKeys: () => LinkKeys): Seal => {
  const keyOf = (secret: string): Uint8Array => deriveKey(secret, 'seal')
  const open = (sealed: string, secret: string): string | undefined => {
    const bytes = Buffer.from(sealed, 'base64url')
    if (bytes.length < ivBytes + tagBytes) return undefined
    try {
      const decipher = createDecipheriv('aes-256-gcm', keyOf(secret), bytes.subarray(0, ivBytes))
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
      return decipher.update(bytes.subarray(ivBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
    } catch {
      return undefined
    }
  }
  return {
    seal: (text) => {
      const iv = randomBytes(ivBytes)
      const { current, keys } = linkKeys()
      const cipher = createCipheriv('aes-256-gcm', keyOf(keys.get(current) ?? ''), iv)
      const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString('base64url')
    },
    // What was sealed right before the keys were rotated is still on its way.
    open: (sealed) =>
      [...linkKeys().keys.values()].map((secret) => open(sealed, secret)).find((text) => text !== undefined),
  }
}
