import type { LeadId } from './activity.ts'
import type { EmailRequest } from './email-request.ts'
import type { DecisionType, EventData, SystemEventType } from './events.ts'

/**
 * Something decided about a lead, on its way to the bus. `id` is derived from what it is, so that the same decision
 * has the same id however often it is taken; `data` carries no personal data.
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
    readonly data: EventData[One] & Marks
  }
}[Type]

type Marks = {
  readonly leadId?: LeadId
  /** The version of new rules that it follows from: it is no news, and nobody takes it for any. */
  readonly rescored?: string
}

/** Told of what is about no lead. `id` is the same for the same event, so that a consumer can drop repeats. */
export type Announcement<Type extends SystemEventType = SystemEventType> = {
  readonly [One in Type]: {
    readonly type: One
    readonly id: string
    readonly occurredAt: string
  } & EventData[One]
}[Type]

/** Whom decisions are about. */
export interface Decided {
  readonly leadId: LeadId
}

/** The fact that decisions follow from, and its time. */
export type Cause = { readonly at: string; readonly factId: string }

/** @param key what it is, unique for its lead. */
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
  correlationId: factId,
  leadId,
  data: { leadId, ...data },
})

/** Added to the address that confirms: there, whoever did not sign up says so. */
export const notMe = 'not-me'

/** Whether it is the notice of a `notify` step, to colleagues. */
export const isNotice = ({ recipient, run }: EmailRequest): boolean =>
  recipient === 'owner' && run !== undefined
