import type { Fact } from '../activity/activity.ts'
import { type LeadId, parseLeadId } from '../lead/lead-id.ts'
import type { LeadState } from '../lead/lead-state.ts'

/** What may become of an email once it went out; each is true of a send once, however often it happens. */
export const marks = ['delivered', 'opened', 'clicked', 'unsubscribed', 'bounced', 'complained'] as const
export type Mark = (typeof marks)[number]

/** How many sends of an email each is true of: people, without robots. */
export type MarkCounts = Readonly<Record<Mark, number>>

export const noMarks: MarkCounts = {
  delivered: 0,
  opened: 0,
  clicked: 0,
  unsubscribed: 0,
  bounced: 0,
  complained: 0,
}

export const addMarks = (one: MarkCounts, other: MarkCounts): MarkCounts => ({
  delivered: one.delivered + other.delivered,
  opened: one.opened + other.opened,
  clicked: one.clicked + other.clicked,
  unsubscribed: one.unsubscribed + other.unsubscribed,
  bounced: one.bounced + other.bounced,
  complained: one.complained + other.complained,
})

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

const told: Readonly<Record<string, Mark>> = {
  'email.delivered': 'delivered',
  'email.bounced': 'bounced',
  'email.complained': 'complained',
  'email.unsubscribed': 'unsubscribed',
}

/** What facts say of the sends that they name. */
export const marksOfFacts = (facts: readonly Fact[]): readonly MarkChange[] =>
  facts.flatMap(({ type, occurredAt, properties }) => {
    const { sendId } = properties
    const mark = Object.hasOwn(told, type) ? told[type] : undefined
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

/** How the sends of these emails are to be marked by what the lead has opened and clicked. */
export const marksOfHits = (
  emails: readonly string[],
  { opened, clicked }: Hits,
  sends: readonly MarkedSend[],
): readonly MarkChange[] =>
  emails.flatMap((email) => {
    const sent = sends
      .filter((send) => send.email === email && send.status === 'sent')
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
