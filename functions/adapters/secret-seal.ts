import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { Seal } from '../email-ports.ts'
import { deriveKey } from './secrets.ts'

const ivBytes = 12
const tagBytes = 16

/** AES-256-GCM: base64url of initialisation vector, authentication tag and ciphertext. */
export const secretSeal = (secret: string): Seal => {
  const key = deriveKey(secret, 'seal')
  return {
    seal: (text) => {
      const iv = randomBytes(ivBytes)
      const cipher = createCipheriv('aes-256-gcm', key, iv)
      const encrypted = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([iv, cipher.getAuthTag(), encrypted]).toString('base64url')
    },
    open: (sealed) => {
      const bytes = Buffer.from(sealed, 'base64url')
      if (bytes.length < ivBytes + tagBytes) return undefined
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, ivBytes))
        decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes))
        return decipher.update(bytes.subarray(ivBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
      } catch {
        return undefined
      }
    },
  }
}
