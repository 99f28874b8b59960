import type { ApiRoute } from '../api/api-request.ts'
import { roles } from '../api/caller.ts'
import { makeListEmails, makePreviewRoute, type PreviewPorts } from './preview-route.ts'
import { makeTestRoute, type TestEmailPorts } from './test-route.ts'

const writers = ['marketing', 'admin'] as const

/** The part of the console API that shows emails. */
export const makeEmailRoutes = (ports: PreviewPorts & TestEmailPorts): readonly ApiRoute[] => [
  { method: 'GET', path: '/api/emails', roles, answer: makeListEmails(ports) },
  { method: 'GET', path: '/api/emails/:email/preview', roles, answer: makePreviewRoute(ports) },
  {
    method: 'POST',
    path: '/api/emails/:email/test',
    action: 'email.tested',
    roles: writers,
    answer: makeTestRoute(ports),
  },
]
