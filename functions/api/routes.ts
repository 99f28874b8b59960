import type { AuditLog } from '../audit-ports.ts'
import type { ApiRoute } from './api-request.ts'
import { makeListAudit } from './audit.ts'
import { roles } from './caller.ts'
import { type EraseLeadRoutePorts, makeEraseLeadRoute } from './erase-lead.ts'
import { type ExportLeadPorts, makeExportLead } from './export-lead.ts'
import { type HandoffRoutePorts, handoffRoutes } from './handoff-routes.ts'
import { type HeldRoutePorts, heldRoutes } from './held-routes.ts'
import { type ListFormsPorts, makeListForms } from './list-forms.ts'
import { type ListLeadsPorts, makeListLeads } from './list-leads.ts'
import { makeMergeRoute, makeUnmergeRoute } from './merge-leads.ts'
import { makeRecordByHand, type RecordByHandPorts } from './record-by-hand.ts'
import { type SendingRoutePorts, sendingRoutes } from './sending-routes.ts'
import { type SequenceRoutePorts, sequenceRoutes } from './sequence-routes.ts'
import { makeExplainScore, makeShowLead, type ShowLeadPorts } from './show-lead.ts'
import { makeShowSplits, type ShowSplitsPorts } from './show-splits.ts'
import { makeShowTimeline, type ShowTimelinePorts } from './show-timeline.ts'
import { type WebhookRoutePorts, webhookRoutes } from './webhook-routes.ts'

export type ApiPorts = { readonly audit: AuditLog } & EraseLeadRoutePorts &
  HeldRoutePorts &
  ShowSplitsPorts &
  ExportLeadPorts &
  SendingRoutePorts &
  SequenceRoutePorts &
  ListFormsPorts &
  ListLeadsPorts &
  ShowLeadPorts &
  ShowTimelinePorts &
  RecordByHandPorts &
  WebhookRoutePorts &
  HandoffRoutePorts

const everyone = roles
const salespeople = ['sales', 'admin'] as const
/** Who answers people who ask what is held on them. */
const dataProtection = ['marketing', 'admin'] as const

/** The console API (CONTRACT section 5): what there is, who may use it, and what answers. */
export const makeRoutes = (ports: ApiPorts): readonly ApiRoute[] => {
  return [
    {
      method: 'GET',
      path: '/api/me',
      roles: everyone,
      answer: async ({ caller }) => ({ type: 'ok', body: caller }),
    },
    { method: 'GET', path: '/api/leads', roles: everyone, answer: makeListLeads(ports) },
    { method: 'GET', path: '/api/leads/:leadId', roles: everyone, answer: makeShowLead(ports) },
    {
      method: 'GET',
      path: '/api/leads/:leadId/export',
      action: 'lead.exported',
      roles: dataProtection,
      answer: makeExportLead(ports),
    },
    {
      method: 'DELETE',
      path: '/api/leads/:leadId',
      action: 'lead.erased',
      roles: dataProtection,
      answer: makeEraseLeadRoute(ports),
    },
    { method: 'GET', path: '/api/leads/:leadId/timeline', roles: everyone, answer: makeShowTimeline(ports) },
    {
      method: 'GET',
      path: '/api/leads/:leadId/explanation',
      roles: everyone,
      answer: makeExplainScore(ports),
    },
    {
      method: 'POST',
      path: '/api/leads/:leadId/activities',
      action: 'activity.recorded',
      roles: salespeople,
      answer: makeRecordByHand(ports),
    },
    {
      method: 'POST',
      path: '/api/leads/:leadId/merge',
      action: 'lead.merged',
      roles: everyone,
      answer: makeMergeRoute(ports),
    },
    {
      method: 'POST',
      path: '/api/leads/:leadId/unmerge',
      action: 'lead.unmerged',
      roles: everyone,
      answer: makeUnmergeRoute(ports),
    },
    { method: 'GET', path: '/api/audit', roles: ['admin'], answer: makeListAudit(ports) },
    { method: 'GET', path: '/api/forms', roles: ['marketing', 'admin'], answer: makeListForms(ports) },
    ...handoffRoutes(ports),
    ...sendingRoutes(ports),
    {
      method: 'GET',
      path: '/api/sequences/:id/splits',
      roles: ['marketing', 'admin'],
      answer: makeShowSplits(ports),
    },
    ...sequenceRoutes(ports),
    ...heldRoutes(ports),
    ...webhookRoutes(ports),
  ]
}
