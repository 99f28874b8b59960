type Status = 'sent' | 'held' | 'suppressed' | 'failed' | 'exited' | 'claimed'

/**
 * How often an email was asked for, and what became of it; `claimed` are on their way. The sums agree: `requested` is that
 * of all others.
 */
export type EmailCounts = Readonly<Record<Status | 'requested', number>>

export const countEmails = (emails: readonly { readonly status: Status }[]): EmailCounts => {
  const of = (wanted: Status): number => emails.filter(({ status }) => status === wanted).length
  const [sent, held, suppressed, failed, exited, claimed] = [
    of('sent'),
    of('held'),
    of('suppressed'),
    of('failed'),
    of('exited'),
    of('claimed'),
  ]
  const requested = sent + held + suppressed + failed + exited + claimed
  return { requested, sent, held, suppressed, failed, exited, claimed }
}
