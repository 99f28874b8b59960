import { identityKey, identityRules, parseAddress } from '../../domain/activity/subject.ts'
import { leadVariables, recipientVariables, sampleLead } from '../../domain/email/email-variables.ts'
import type { Previewed } from '../../domain/email/preview-email.ts'
import { previewEmail } from '../../domain/email/preview-email.ts'
import { foldLead } from '../../domain/lead/fold.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import { parseLeadId } from '../../domain/model/activity.ts'
import { isSalesEmail } from '../../domain/model/built-in-names.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { rulesOf } from '../compiled-rules.ts'
import type { Clock, LeadList, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'

export interface FindPreviewPorts {
  readonly leads: Pick<Leads, 'load' | 'facts'>
  /** @default a lead is named by its id alone */
  readonly list?: Pick<LeadList, 'byAddress'>
  readonly clock: Clock
  /** Where pictures of test emails are. @default - at the address that shows the preview */
  readonly publicUrl?: string
}

interface PreviewRequest {
  readonly email: string
  readonly language?: string | undefined
  /** Id or address. */
  readonly lead?: string | undefined
}

/** @param named id or address. */
export const leadNamed = async (
  list: FindPreviewPorts['list'],
  { settings }: Playbook,
  named: string,
): Promise<LeadId | undefined> => {
  const leadId = parseLeadId(named)
  if (leadId !== undefined) return leadId
  const identity = identityRules(settings.identity)
  const address = parseAddress(named, identity)
  return address === undefined ? undefined : (await list?.byAddress(identityKey(address, identity)))?.leadId
}

/** An email with the values of a lead as it is now under `playbook`; without a lead, of a person who does not exist. */
export const makeFindPreview =
  ({ leads, list, clock, publicUrl }: FindPreviewPorts) =>
  async (
    playbook: Playbook,
    { email, language, lead: named }: PreviewRequest,
  ): Promise<(Previewed & { readonly leadId?: LeadId }) | { readonly type: 'unknown-lead' }> => {
    const now = clock()
    if (named === undefined)
      return previewEmail(playbook, { email, language, lead: sampleLead, now, publicUrl })
    const leadId = await leadNamed(list, playbook, named)
    const lead = leadId && (await rootLead(leads, leadId))
    const state = lead && foldLead(await leads.facts(lead.leadId), rulesOf(playbook), now)
    if (!state) return { type: 'unknown-lead' }
    const variablesOf = isSalesEmail(email) ? leadVariables : recipientVariables
    const values = variablesOf({ ...lead, state })
    const previewed = previewEmail(playbook, { email, language, lead: values, now, publicUrl })
    return { ...previewed, leadId: lead.leadId }
  }
