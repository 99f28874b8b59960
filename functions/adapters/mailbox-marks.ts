import { createHmac, timingSafeEqual } from 'node:crypto'
import type { LinkKeys } from './link-keys.ts'
import { deriveKey } from './secrets.ts'

const shape = /^([a-z0-9]{1,16})\.([\w-]{43})$/

export interface MailboxMarks {
  /** Stands for a mailbox in a link: nobody without the key can tell which one. */
  readonly mark: (mailbox: string) => string
  /** Whether it stands for this one, under whatever key that still counts. */
  readonly isMarkOf: (mark: string, mailbox: string) => boolean
}

/** Marks `key.hash`. @param linkKeys those of the moment. */
export const mailboxMarks = (linkKeys: () => LinkKeys): MailboxMarks => {
  const hash = (secret: string, mailbox: string): string =>
    createHmac('sha256', deriveKey(secret, 'mailbox')).update(mailbox).digest('base64url')
  return {
    mark: (mailbox) => {
      const { current, keys } = linkKeys()
      return `${current}.${hash(keys.get(current) ?? '', mailbox)}`
    },
    isMarkOf: (mark, mailbox) => {
      const [, id = '', given = ''] = shape.exec(mark) ?? []
      const secret = linkKeys().keys.get(id)
      return secret !== undefined && timingSafeEqual(Buffer.from(hash(secret, mailbox)), Buffer.from(given))
    },
  }
}
