import type { LeadState } from '../lead/lead-state.ts'
import type { Playbook } from '../playbook/playbook.ts'
import { isMarketing } from './marketing-mail.ts'
import type { Sequence } from './sequence.ts'

/** Whether a lead that has withdrawn every consent it gave leaves this sequence: one that sends marketing mail. */
export const endsWithoutConsent = (
  playbook: Pick<Playbook, 'emails'>,
  { program }: Sequence,
  { consent }: Pick<LeadState, 'consent'>,
): boolean => {
  const standing = new Set(Object.values(consent).map(({ status }) => status))
  if (!standing.has('withdrawn') || standing.has('granted') || standing.has('pending')) return false
  return program.some((step) => step.type === 'email' && isMarketing(playbook, step.email))
}
