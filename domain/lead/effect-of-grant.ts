import { isByHand, isOwnersForm } from '../activity/evidence.ts'
import type { JsonObject } from '../json.ts'
import type { ConfirmationDue, Consent, LeadState } from './lead-state.ts'

/** What stands before a consent is given: that of its purpose, and what bears on every one. */
export interface BeforeGrant {
  readonly consent: Consent | undefined
  readonly confirmations: readonly ConfirmationDue[]
  readonly suppression: LeadState['suppression']
}

/**
 * What a `consent.granted` does. `outdated`: it confirms a request from before the consent was withdrawn, by an old link
 * that was opened again. `proven`: it shows besides that an address which bounced is read by somebody.
 */
export type EffectOfGrant = 'granted' | 'proven' | 'unchanged' | 'outdated'

/** Whether whoever gives it has shown that the mailbox is theirs. */
export const isConfirmed = ({ confirmed, how }: JsonObject): boolean =>
  confirmed === true || how === 'preference-page'

/** Its mail has bounced: that a confirmation comes back shows that it does no more. After a complaint nothing does. */
export const mayBeProven = ({ suppression }: Pick<BeforeGrant, 'suppression'>): boolean =>
  suppression !== undefined && suppression.reason !== 'complained'

/**
 * A confirmed consent stands, and one by word alone is raised by a confirmation, never the other way round. What a
 * colleague noted is kept as evidence and allows nothing: the person has to say so. Nor does a form, which anybody can fill
 * in, bring back what was taken back.
 */
export const effectOfGrant = (before: BeforeGrant, properties: JsonObject): EffectOfGrant => {
  const { consent, confirmations, suppression } = before
  const { confirmed, submission } = properties
  if (isByHand(properties)) return 'unchanged'
  const isWordOfForm = properties.how === 'single-opt-in' && !isOwnersForm(properties)
  if (isWordOfForm && consent?.status === 'withdrawn') return 'unchanged'
  const request = confirmations.find(({ factId }) => factId === submission)
  if (confirmed === true && consent?.status === 'withdrawn' && (request?.at ?? '') <= consent.at)
    return 'outdated'
  if (mayBeProven(before) && confirmed === true && (request?.at ?? '') > (suppression?.at ?? ''))
    return 'proven'
  const isRaised = isConfirmed(properties) && consent?.confirmed !== true
  return consent?.status !== 'granted' || isRaised ? 'granted' : 'unchanged'
}
