import type { ApiResult, ApiRoute } from '../api/api-request.ts'
import type { AuditPorts } from '../api/audit.ts'
import { roles } from '../api/caller.ts'
import { makeRouteRequest } from '../api/route-request.ts'
import type { HttpRequest } from '../http/request.ts'
import { type BacktestPorts, makeBacktest } from './backtest.ts'
import { makeCheckFiles, makeReadPlaybook, makeSaveDraft } from './edit-playbook.ts'
import { makePublishDraft, type PublishDraftPorts } from './publish-draft.ts'

/** Half of what a function is handed: a set of files that compresses to less than an item holds is far smaller. */
const maxBytes = 3 * 1024 * 1024

const writers = ['marketing', 'admin'] as const

/** The part of the console API that reads and writes the playbook (CONTRACT section 5). */
export const makePlaybookRoutes = (ports: PublishDraftPorts & BacktestPorts): readonly ApiRoute[] => [
  { method: 'GET', path: '/api/playbook', roles, answer: makeReadPlaybook(ports) },
  {
    method: 'PUT',
    path: '/api/playbook',
    action: 'playbook.saved',
    roles: writers,
    answer: makeSaveDraft(ports),
  },
  {
    method: 'POST',
    path: '/api/playbook/check',
    action: undefined,
    roles: writers,
    answer: makeCheckFiles(ports),
  },
  {
    method: 'POST',
    path: '/api/playbook/backtest',
    action: undefined,
    roles: writers,
    answer: makeBacktest(ports),
  },
  {
    method: 'POST',
    path: '/api/playbook/publish',
    action: 'playbook.published',
    roles: writers,
    answer: makePublishDraft(ports),
  },
]

/** Answers a request of these routes; a body that is too large is not even read as JSON. */
export const makeAnswerPlaybook = (
  routes: readonly ApiRoute[],
  audit: AuditPorts,
): ((request: HttpRequest) => Promise<ApiResult>) => {
  const route = makeRouteRequest(routes, audit)
  return async (request) =>
    request.body.byteLength > maxBytes ? { type: 'too-large', limit: maxBytes } : route(request)
}
