import type { Mailer, OutgoingEmail } from '../send-ports.ts'

export interface MailedEmail extends OutgoingEmail {
  readonly messageId: string
}

export interface MemoryMailer extends Mailer {
  /** What was handed over, oldest first. */
  readonly outbox: readonly MailedEmail[]
}

/** Takes every email and keeps it. @param taken told of each, once it is in the outbox. */
export const memoryMailer = (taken: (email: MailedEmail) => void = () => {}): MemoryMailer => {
  const outbox: MailedEmail[] = []
  return {
    outbox,
    send: async (email) => {
      const mailed = { ...email, messageId: `message-${outbox.length + 1}` }
      outbox.push(mailed)
      taken(mailed)
      return { type: 'accepted', messageId: mailed.messageId }
    },
  }
}
