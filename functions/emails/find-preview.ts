import { leadVariables } from '../../domain/email/email-variables.ts'
import { type Previewed, previewEmail } from '../../domain/email/preview-email.ts'
import { sampleLead } from '../../domain/email/sample-variables.ts'
import { recipientVariables } from '../../domain/email/stranger-variables.ts'
import { foldLead } from '../../domain/lead/fold.ts'
import { parseLeadId } from '../../domain/lead/lead-id.ts'
import { isSalesEmail } from '../../domain/playbook/built-in-names.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { rulesOf } from '../compiled-rules.ts'
import type { Clock, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'

export interface FindPreviewPorts {
  readonly leads: Pick<Leads, 'load' | 'facts'>
  readonly clock: Clock
}

export interface PreviewRequest {
  readonly email: string
  readonly language?: string | undefined
  readonly lead?: string | undefined
}

/** An email with the values of a lead as it is now under `playbook`; without a lead, of a person who does not exist. */
export const makeFindPreview =
  ({ leads, clock }: FindPreviewPorts) =>
  async (
    playbook: Playbook,
    { email, language, lead: id }: PreviewRequest,
  ): Promise<Previewed | { readonly type: 'unknown-lead' }> => {
    const now = clock()
    if (id === undefined) return previewEmail(playbook, { email, language, lead: sampleLead, now })
    const leadId = parseLeadId(id)
    const lead = leadId && (await rootLead(leads, leadId))
    const state = lead && foldLead(await leads.facts(lead.leadId), rulesOf(playbook), now)
    if (!state) return { type: 'unknown-lead' }
    const variablesOf = isSalesEmail(email) ? leadVariables : recipientVariables
    return previewEmail(playbook, { email, language, lead: variablesOf({ ...lead, state }), now })
  }
