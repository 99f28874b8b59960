import type { LeadId } from '../domain/lead/lead-id.ts'

/** The days on which leads are looked at, whether they are still to be kept: one for each lead, in the order of days. */
export interface Reviews {
  /** Sets the first day (YYYY-MM-DD); one that is set already stays. */
  begin(leadId: LeadId, day: string): Promise<void>
  /** Those whose day is `day` or an earlier one, oldest first; eventually consistent. */
  due(query: {
    readonly day: string
    readonly limit: number
    readonly cursor?: string
  }): Promise<{ readonly leadIds: readonly LeadId[]; readonly next?: string }>
  /** Sets another day; nothing where none was set, as of somebody who was erased meanwhile. */
  move(leadId: LeadId, day: string): Promise<void>
  end(leadId: LeadId): Promise<void>
}
