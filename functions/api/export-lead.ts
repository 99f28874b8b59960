import { consentHistory } from '../../domain/consent/consent-history.ts'
import { summariseLead } from '../../domain/lead/lead-summary.ts'
import { explain } from '../../domain/scoring/explain.ts'
import type { Browsers } from '../erasure-ports.ts'
import type { Sends } from '../send-ports.ts'
import type { Deliveries } from '../webhook-ports.ts'
import { exportEmails, notKept } from './export-emails.ts'
import { withLead } from './known-lead.ts'
import type { ShowLeadPorts } from './show-lead.ts'

export interface ExportLeadPorts extends ShowLeadPorts {
  readonly sends: Pick<Sends, 'list'>
  readonly browsers: Browsers
  readonly deliveries: Pick<Deliveries, 'list'>
}

/** Without what a later version of the record would be told apart by: of no use outside. */
const plain = <Stored extends { readonly version: number; readonly outbox: unknown }>({
  version: _version,
  outbox: _outbox,
  ...rest
}: Stored) => rest

/** Everything held on a person (GDPR art. 15 and 20), those merged into them included: one JSON document. */
export const makeExportLead = (ports: ExportLeadPorts) =>
  withLead(ports, async (lead) => {
    const { state, now, members, facts } = lead
    const leadIds = [lead.leadId, ...members]
    const ofAll = async <Part>(list: (leadId: typeof lead.leadId) => Promise<readonly Part[]>) =>
      (await Promise.all(leadIds.map(list))).flat()
    const [runs, sends, handoffs, browsers, webhooks] = await Promise.all([
      ofAll(ports.runs.list),
      ofAll(ports.sends.list),
      ofAll(ports.handoffs.list),
      ofAll(ports.browsers.list),
      ofAll(ports.deliveries.list),
    ])
    return {
      type: 'ok',
      body: {
        exportedAt: now,
        lead: { ...summariseLead(lead, ports.rules, now), merged: members },
        attributes: state.attributes,
        ...(state.unconfirmed && { unconfirmed: state.unconfirmed }),
        ...(state.claims && { claims: state.claims }),
        ...(state.confirmed && { confirmed: state.confirmed }),
        consent: state.consent,
        consentHistory: consentHistory(facts),
        suppression: state.suppression ?? null,
        activities: facts,
        state,
        explanation: explain(facts, ports.rules, now, lead.email),
        sequences: runs.map(plain),
        emails: exportEmails(sends, facts),
        notKept,
        handoffs: handoffs.map(plain),
        browsers,
        webhooks,
      },
    }
  })
