import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FormStamps } from '../form-ports.ts'
import { deriveKey } from './secrets.ts'

const shape = /^(\d{1,15})\.([\w-]{22})$/

/** Stamps `milliseconds.signature`: half an HMAC-SHA-256 is more than enough for the time of day. */
export const formStamps = (secret: string): FormStamps => {
  const key = deriveKey(secret, 'form-stamp')
  const signature = (time: string): string =>
    createHmac('sha256', key).update(time).digest().subarray(0, 16).toString('base64url')
  return {
    issue: (at) => {
      const time = String(Date.parse(at))
      return `${time}.${signature(time)}`
    },
    read: (stamp) => {
      const [, time, given] = shape.exec(stamp) ?? []
      if (time === undefined || given === undefined) return undefined
      if (!timingSafeEqual(Buffer.from(signature(time)), Buffer.from(given))) return undefined
      return new Date(Number(time)).toISOString()
    },
  }
}
