import type { LeadId } from './activity.ts'
import type { EmailRequest } from './email-request.ts'
import type { DecisionType, EventData, SystemEventType } from './events.ts'

/**
 * A decision about a lead, on its way to the bus. `id` is derived from the content, so repeating a decision repeats its id;
 * `data` contains no personal data.
 */
export type Decision<Type extends DecisionType = DecisionType> = {
  readonly [One in Type]: {
    readonly id: string
    readonly type: One
    readonly occurredAt: string
    /** The fact or decision that caused it. */
    readonly causationId: string
    readonly correlationId: string
    readonly leadId: LeadId
    /** No sequence can begin with it, no email waits for it: nobody has to look. Absent: perhaps. */
    readonly unawaited?: true
    /** No other system subscribes to it: nobody has to be told. Absent: perhaps one does. */
    readonly unheard?: true
    readonly data: EventData[One] & Marks
  }
}[Type]

type Marks = {
  readonly leadId?: LeadId
  /** Version of the rules whose rescoring caused it: not news, and consumers ignore it. */
  readonly rescored?: string
}

/** An event that concerns no lead. The same event has the same `id`, so consumers can drop repeats. */
export type Announcement<Type extends SystemEventType = SystemEventType> = {
  readonly [One in Type]: {
    readonly type: One
    readonly id: string
    readonly occurredAt: string
  } & EventData[One]
}[Type]

/** The lead that decisions are about. */
export interface Decided {
  readonly leadId: LeadId
}

/** The fact that caused a decision, and its time. */
export type Cause = { readonly at: string; readonly factId: string }

/**
 * What everything that follows from one thing sent is found by: its id. A form becomes several facts, whose ids are that of the
 * form with `~` and a number.
 */
export const correlationOf = (factId: string): string => factId.replace(/~\d+$/, '')

/** @param key identifies the decision within its lead. */
export const decision = <Type extends DecisionType>(
  { leadId }: Decided,
  type: Type,
  key: string,
  { at, factId }: Cause,
  data: EventData[Type],
): Decision<Type> => ({
  id: `${leadId}:${key}`,
  type,
  occurredAt: at,
  causationId: factId,
  correlationId: correlationOf(factId),
  leadId,
  data: { leadId, ...data },
})

/** Suffix of the confirmation link, for people who did not sign up. */
export const notMe = 'not-me'

/** Whether the email is the notice of a `notify` step, to colleagues. */
export const isNotice = ({ recipient, run }: EmailRequest): boolean =>
  recipient === 'owner' && run !== undefined
