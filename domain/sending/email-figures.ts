import type { LeadState } from '../lead/lead-state.ts'
import { type Fact, type LeadId, parseLeadId } from '../model/activity.ts'
import { emailOfVariant } from '../model/playbook.ts'

/** What may become of an email once it went out; each is true of a send once, however often it happens. */
export const marks = ['delivered', 'opened', 'clicked', 'unsubscribed', 'bounced', 'complained'] as const
export type Mark = (typeof marks)[number]

/** How many sends of an email each is true of: people, without robots. */
type MarkCounts = Readonly<Record<Mark, number>>

/** A send is marked at a time, or a mark of it is taken back: it was a robot's. */
export interface MarkChange {
  readonly leadId: LeadId
  readonly sendId: string
  readonly mark: Mark
  readonly at?: string
}

/** A send as far as marks go. */
export interface MarkedSend {
  readonly leadId: LeadId
  readonly sendId: string
  readonly email: string
  readonly status: string
  readonly at?: string
  readonly marks?: Readonly<Partial<Record<Mark, string>>>
}

const markOfType: Readonly<Record<string, Mark>> = {
  'email.delivered': 'delivered',
  'email.bounced': 'bounced',
  'email.complained': 'complained',
  'email.unsubscribed': 'unsubscribed',
}

/** What an activity of this type says of the send that it names. */
export const markOf = (type: string): Mark | undefined =>
  Object.hasOwn(markOfType, type) ? markOfType[type] : undefined

/** What facts say of the sends that they name. */
export const marksOfFacts = (facts: readonly Fact[]): readonly MarkChange[] =>
  facts.flatMap(({ type, occurredAt, properties }) => {
    const { sendId } = properties
    const mark = markOf(type)
    const leadId = typeof sendId === 'string' ? parseLeadId(sendId.split(':', 1)[0]) : undefined
    return mark && leadId && typeof sendId === 'string' ? [{ leadId, sendId, mark, at: occurredAt }] : []
  })

type Hits = LeadState['emails']

/** Emails whose openings or clicks have changed: the fold says which of them count, and until when one is held back. */
export const changedHits = (before: Hits | undefined, after: Hits): readonly string[] => {
  const emails = [before?.opened, before?.clicked, after.opened, after.clicked].flatMap((hits) =>
    Object.keys(hits ?? {}),
  )
  return [...new Set(emails)].filter(
    (email) =>
      before?.opened[email] !== after.opened[email] || before?.clicked[email] !== after.clicked[email],
  )
}

/** How the sends of these emails, whichever variant, are to be marked by what the lead has opened and clicked. */
export const marksOfHits = (
  emails: readonly string[],
  { opened, clicked }: Hits,
  sends: readonly MarkedSend[],
): readonly MarkChange[] =>
  emails.flatMap((email) => {
    const sent = sends
      .filter((send) => emailOfVariant(send.email) === email && send.status === 'sent')
      .toSorted((one, other) => ((one.at ?? '') < (other.at ?? '') ? 1 : -1))
    return (['opened', 'clicked'] as const).flatMap((mark): readonly MarkChange[] => {
      const at = (mark === 'opened' ? opened : clicked)[email]
      const marked = sent.filter((send) => send.marks?.[mark] !== undefined)
      if (at === undefined) return marked.map(({ leadId, sendId }) => ({ leadId, sendId, mark }))
      const latest = sent.find((send) => (send.at ?? '') <= at) ?? sent.at(-1)
      if (!latest || latest.marks?.[mark] !== undefined) return []
      return [{ leadId: latest.leadId, sendId: latest.sendId, mark, at }]
    })
  })

/** What a send may stand as; `claimed`: on its way. */
export const sendStatuses = ['sent', 'held', 'suppressed', 'failed', 'exited', 'claimed'] as const
export type SendStatus = (typeof sendStatuses)[number]

/** `sentAgain`: sent after a sender had died over it, which may have sent it as well. */
export const counters = [...sendStatuses, ...marks, 'sentAgain'] as const
type Counter = SendStatus | Mark | 'sentAgain'
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

/** What a changed send changes in the counters; undefined: it was not counted, or counts no more. */
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
