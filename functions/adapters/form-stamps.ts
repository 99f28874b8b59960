import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FormStamps } from '../form-ports.ts'
import type { LinkKeys } from './link-keys.ts'
import { deriveKey } from './secrets.ts'

const shape = /^(\d{1,15})\.([\w-]{22})$/

/** Stamps `milliseconds.signature`: half an HMAC-SHA-256 is more than enough for the time of day. */
export const formStamps = (linkKeys: () => LinkKeys): FormStamps => {
  const signature = (time: string, secret: string): string =>
    createHmac('sha256', deriveKey(secret, 'form-stamp'))
      .update(time)
      .digest()
      .subarray(0, 16)
      .toString('base64url')
  return {
    issue: (at) => {
      const time = String(Date.parse(at))
      const { current, keys } = linkKeys()
      return `${time}.${signature(time, keys.get(current) ?? '')}`
    },
    read: (stamp) => {
      const [, time, given] = shape.exec(stamp) ?? []
      if (time === undefined || given === undefined) return undefined
      // Whoever has the form open while the keys are rotated may still send it.
      const isOurs = [...linkKeys().keys.values()].some((secret) =>
        timingSafeEqual(Buffer.from(signature(time, secret)), Buffer.from(given)),
      )
      if (!isOurs) return undefined
      return new Date(Number(time)).toISOString()
    },
  }
}
