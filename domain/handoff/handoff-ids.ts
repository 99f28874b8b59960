import type { LeadId } from '../lead/lead-id.ts'
import type { Handoff } from './handoff.ts'

/** One handoff for each cycle of a lead: the same qualification always asks for the same one. */
export const handoffIdOf = (leadId: LeadId, cycle: number): string => `${leadId}.${cycle}`

/** The lead whose handoff this is, from the id alone. */
export const leadIdOfHandoff = (handoffId: string): string =>
  handoffId.slice(0, Math.max(0, handoffId.lastIndexOf('.')))

/** The cycle of that lead; NaN for what is no id of a handoff. */
export const cycleOfHandoff = (handoffId: string): number =>
  handoffId.includes('.') ? Number(handoffId.slice(handoffId.lastIndexOf('.') + 1)) : Number.NaN

/** What a handoff tells and sends again has another id each time. */
const numbered = (id: string, time: number): string => (time === 1 ? id : `${id}:${time}`)

/** The decision that asks for an answer in the present round. */
export const requestedId = ({ handoffId, round = 1 }: Pick<Handoff, 'handoffId' | 'round'>): string =>
  numbered(`${handoffId}:requested`, round)

type Assigned = Pick<Handoff, 'handoffId' | 'assignments'>

/** The decision that gives it to the present owner. */
export const assignedId = ({ handoffId, assignments }: Assigned): string =>
  numbered(`${handoffId}:assigned`, assignments.length)

/** The email that tells the present owner. */
export const notifySendId = ({ handoffId, assignments }: Assigned): string =>
  numbered(`${handoffId}:notify`, assignments.length)
