import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { Leads } from '../ports.ts'

/**
 * What tells the lead's language, best first: the profile, else the form last filled in. The log is read only where the
 * state does not tell.
 */
export const languageWishes = async (
  leads: Pick<Leads, 'facts'>,
  leadId: Parameters<Leads['facts']>[0],
  state: LeadState,
): Promise<readonly string[]> => {
  const own = state.attributes.language?.value
  if (typeof own === 'string' && own !== '') return [own]
  const lastForm = state.seen['form.submitted']?.last
  if (lastForm === undefined) return []
  const confirmation = state.confirmations.at(-1)
  if (confirmation?.at === lastForm) return [confirmation.language]
  const languages = (await leads.facts(leadId)).flatMap(({ type, properties }) =>
    type === 'form.submitted' && typeof properties.language === 'string' ? [properties.language] : [],
  )
  return languages.slice(-1)
}
