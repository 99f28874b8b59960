import type { TestEmail } from '../domain/email/test-email.ts'

/** Makes texts unreadable for everything that they pass on their way from one function to another. */
export interface Seal {
  seal(text: string): string
  /** @returns undefined when it was not sealed here. */
  open(sealed: string): string | undefined
}

/** Hands a test email to the sender. Resolves once its queue has it. */
export type RequestTestEmail = (test: TestEmail) => Promise<void>
