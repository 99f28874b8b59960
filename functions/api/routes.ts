import { segmentRoutes } from '../audience/segment-routes.ts'
import { broadcastRoutes } from '../broadcast/broadcast-routes.ts'
import { importRoutes } from '../import/import-routes.ts'
import {
  admins,
  everyone,
  leadPageQuery,
  leadPageWordsQuery,
  leadWordsQuery,
  marketers,
  salespeople,
} from './api-request.ts'
import { get, post, put, remove } from './api-route.ts'
import { auditQuery, makeListAudit } from './audit.ts'
import { makeMergeRoute, makeRecordByHand, makeUnmergeRoute, mergeBody } from './change-lead.ts'
import { dealRoutes } from './deal-routes.ts'
import { makeEraseLeadRoute, makeExportLead } from './export-lead.ts'
import { makeForecast } from './forecast.ts'
import { handoffRoutes } from './handoff-routes.ts'
import { leadsQuery, makeListLeads } from './list-leads.ts'
import { makeSaveViews, makeShowViews, viewsBody } from './saved-views.ts'
import { heldRoutes, makeListForms, sendingRoutes } from './sending-routes.ts'
import { sequenceRoutes } from './sequence-routes.ts'
import { makeExplainScore, makeShowLead, makeShowScore } from './show-lead.ts'
import { makeShowTimeline } from './show-timeline.ts'
import { webhookRoutes } from './webhook-routes.ts'

const lead = '/api/leads/:leadId'

/** The routes that the console's function serves. */
export const consoleRoutes = [
  get('/api/me', { roles: everyone }, () => async ({ caller }) => ({ type: 'ok', body: caller })),
  get('/api/leads', { roles: everyone, query: leadsQuery }, makeListLeads),
  get(lead, { roles: everyone, query: leadWordsQuery }, makeShowLead),
  // Marketing answers access requests.
  get(`${lead}/export`, { roles: marketers, query: leadPageQuery, action: 'lead.exported' }, makeExportLead),
  remove(lead, { roles: marketers, action: 'lead.erased' }, makeEraseLeadRoute),
  get(`${lead}/timeline`, { roles: everyone, query: leadPageQuery }, makeShowTimeline),
  get(`${lead}/explanation`, { roles: everyone, query: leadPageWordsQuery }, makeExplainScore),
  get(`${lead}/score`, { roles: everyone, query: leadWordsQuery }, makeShowScore),
  post(`${lead}/activities`, { roles: salespeople, action: 'activity.recorded' }, makeRecordByHand),
  post(`${lead}/merge`, { roles: everyone, body: mergeBody, action: 'lead.merged' }, makeMergeRoute),
  post(`${lead}/unmerge`, { roles: everyone, body: mergeBody, action: 'lead.unmerged' }, makeUnmergeRoute),
  get('/api/views', { roles: everyone }, makeShowViews),
  put('/api/views', { roles: everyone, body: viewsBody, action: undefined }, makeSaveViews),
  get('/api/audit', { roles: admins, query: auditQuery }, makeListAudit),
  get('/api/forecast', { roles: everyone }, makeForecast),
  get('/api/forms', { roles: marketers }, makeListForms),
  ...dealRoutes,
  ...handoffRoutes,
  ...sendingRoutes,
  ...segmentRoutes,
  ...broadcastRoutes,
  ...importRoutes,
  ...sequenceRoutes,
  ...heldRoutes,
  ...webhookRoutes,
]
