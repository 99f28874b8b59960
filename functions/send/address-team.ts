import type { EmailRequest } from '../../domain/email/email-request.ts'
import { leadVariables } from '../../domain/email/email-variables.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { Address } from './address-email.ts'
import { languageFor, type Translations } from './compose-email.ts'

/** The notice of a `notify` step: to the team's lead, or to its first member. */
export const addressTeam = (
  { run }: EmailRequest,
  { sequences, handoff, settings }: Playbook,
  translations: Translations,
  lead: { readonly email?: string; readonly state: LeadState },
): Address => {
  const step = run && sequences[run.sequence]?.program[run.step]
  const team = step?.type === 'notify' ? handoff.teams[step.team] : undefined
  if (!run || step?.type !== 'notify' || !team) return { type: 'suppressed', reason: 'no-team' }
  const to = team.lead ?? team.members[0]
  return {
    type: 'send',
    to: to.email,
    language: languageFor(translations, [], settings),
    variables: {
      lead: { email: '', ...leadVariables(lead) },
      notice: { message: step.message, sequence: run.sequence },
    },
  }
}
