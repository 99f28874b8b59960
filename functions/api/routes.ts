import { isSendable, unsendableMessage } from '../../domain/activity/subject.ts'
import type { AuditLog } from '../audit-ports.ts'
import type { HttpRequest } from '../http/http-message.ts'
import { type ApiResult, type ApiRoute, callerOf, roles } from './api-request.ts'
import { type AuditPorts, makeListAudit, makeNote } from './audit.ts'
import { makeMergeRoute, makeRecordByHand, makeUnmergeRoute, type RecordByHandPorts } from './change-lead.ts'
import {
  type EraseLeadRoutePorts,
  type ExportLeadPorts,
  makeEraseLeadRoute,
  makeExportLead,
} from './export-lead.ts'
import { type HandoffRoutePorts, handoffRoutes } from './handoff-routes.ts'
import { type ListLeadsPorts, makeListLeads } from './list-leads.ts'
import {
  type HeldRoutePorts,
  heldRoutes,
  type ListFormsPorts,
  makeListForms,
  type SendingRoutePorts,
  sendingRoutes,
} from './sending-routes.ts'
import {
  makeShowSplits,
  type SequenceRoutePorts,
  type ShowSplitsPorts,
  sequenceRoutes,
} from './sequence-routes.ts'
import { makeExplainScore, makeShowLead, type ShowLeadPorts } from './show-lead.ts'
import { makeShowTimeline, type ShowTimelinePorts } from './show-timeline.ts'
import { type WebhookRoutePorts, webhookRoutes } from './webhook-routes.ts'

type ApiPorts = { readonly audit: AuditLog } & EraseLeadRoutePorts &
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

/** Finds the route, checks the role, reads the body, notes what was done. The answer is still a value: status codes are chosen elsewhere. */
export const makeRouteRequest = (routes: readonly ApiRoute[], ports?: AuditPorts) => {
  if (!ports && routes.some(({ action }) => action)) throw new Error('what these routes do has to be noted')
  const note = ports && makeNote(ports)
  const known = routes.map((route) => ({ route, pattern: new URLPattern({ pathname: route.path }) }))

  return async ({ method, path, query, headers, body, claims }: HttpRequest): Promise<ApiResult> => {
    const here = known.flatMap(({ route, pattern }) => {
      const match = pattern.exec({ pathname: path })
      return match ? [{ route, params: match.pathname.groups }] : []
    })
    if (here.length === 0) return { type: 'not-found', detail: 'The console API has no such address.' }
    const found = here.find(({ route }) => route.method === method)
    if (!found) return { type: 'method-not-allowed', allow: here.map(({ route }) => route.method) }

    const caller = callerOf(claims)
    if (!caller)
      return {
        type: 'unproven',
        detail: 'This is an access token, which does not say who you are: send the ID token.',
        challenge: 'Bearer error="invalid_token"',
      }
    if (!found.route.roles.some((role) => caller.roles.includes(role)))
      return { type: 'forbidden', detail: `This needs one of the roles: ${found.route.roles.join(', ')}.` }

    const json = readJson(body, headers['content-type'])
    if (json.type !== 'json') return json
    const params = Object.entries(found.params).map(([name, value]) => [name, decode(value ?? '')])
    const request = { caller, params: Object.fromEntries(params), query, body: json.value }
    const result = await found.route.answer(request)
    await note?.(found.route, request, result)
    return result
  }
}

const readJson = (
  body: Uint8Array,
  contentType = '',
):
  | Extract<ApiResult, { type: 'malformed' | 'unsupported-media-type' }>
  | { type: 'json'; value: unknown } => {
  if (body.length === 0) return { type: 'json', value: undefined }
  if (!contentType.startsWith('application/json'))
    return { type: 'unsupported-media-type', accepted: ['application/json'] }
  let isUnsendable = false
  const note = (name: string, value: unknown): unknown => {
    isUnsendable ||= !isSendable(name) || (typeof value === 'string' && !isSendable(value))
    return value
  }
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body), note)
    return isUnsendable
      ? { type: 'malformed', detail: `The texts of the body ${unsendableMessage}.` }
      : { type: 'json', value }
  } catch {
    return { type: 'malformed', detail: 'The body is not JSON.' }
  }
}

/** A part of a path that is no proper percent-encoding names nothing that we know. */
const decode = (part: string): string => {
  try {
    return decodeURIComponent(part)
  } catch {
    return ''
  }
}
