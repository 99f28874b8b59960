import { type Mark, type MarkCounts, marks } from './email-marks.ts'

/** What a send may stand as; `claimed`: on its way. */
export const sendStatuses = ['sent', 'held', 'suppressed', 'failed', 'exited', 'claimed'] as const
export type SendStatus = (typeof sendStatuses)[number]

/** `sentAgain`: sent after a sender had died over it, which may have sent it as well. */
export const counters = [...sendStatuses, ...marks, 'sentAgain'] as const
export type Counter = SendStatus | Mark | 'sentAgain'
export type CounterChanges = Readonly<Partial<Record<Counter, number>>>

/**
 * How often an email was asked for, what became of that, and of what went out: `requested` is the sum of what sends stand
 * as, so that the sums agree however they are counted.
 */
export type EmailFigure = Readonly<Record<SendStatus | 'requested' | 'sentAgain', number>> & MarkCounts

/** Adds up what was counted in parts; of a part that is behind, nothing falls below nothing. */
export const figureOf = (parts: readonly CounterChanges[]): EmailFigure => {
  const sum = (counter: Counter): number =>
    Math.max(
      0,
      parts.reduce((total, part) => total + (part[counter] ?? 0), 0),
    )
  return {
    requested: sendStatuses.reduce((total, status) => total + sum(status), 0),
    sent: sum('sent'),
    held: sum('held'),
    suppressed: sum('suppressed'),
    failed: sum('failed'),
    exited: sum('exited'),
    claimed: sum('claimed'),
    delivered: sum('delivered'),
    opened: sum('opened'),
    clicked: sum('clicked'),
    unsubscribed: sum('unsubscribed'),
    bounced: sum('bounced'),
    complained: sum('complained'),
    sentAgain: sum('sentAgain'),
  }
}

/** A send as far as it is counted. */
export interface CountedSend {
  readonly status: SendStatus
  readonly lapses?: number
}

const countersOf = ({ status, lapses }: CountedSend): readonly Counter[] =>
  status === 'sent' && lapses !== undefined ? ['sent', 'sentAgain'] : [status]

/** What changes in the counters as a send comes to stand otherwise; undefined: it was not counted, or counts no more. */
export const countersMoved = (
  before: CountedSend | undefined,
  after: CountedSend | undefined,
): CounterChanges => {
  const changes = new Map<Counter, number>()
  const add = (send: CountedSend | undefined, by: number): void => {
    for (const counter of send ? countersOf(send) : []) changes.set(counter, (changes.get(counter) ?? 0) + by)
  }
  add(before, -1)
  add(after, 1)
  return Object.fromEntries([...changes].filter(([, by]) => by !== 0))
}
