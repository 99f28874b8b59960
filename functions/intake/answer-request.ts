import { problemReply } from '../http/problem.ts'
import type { Reply } from '../http/reply.ts'
import type { HttpRequest } from '../http/request.ts'
import { makeEventsRoute } from './events-route.ts'
import { makeFormRoutes } from './form-routes.ts'
import { makeHitRoute } from './hit-routes.ts'
import { makeHomeRoute } from './home-route.ts'
import type { IntakePorts } from './intake-ports.ts'
import { makeBeaconRoute, makeSnippetRoute } from './tracking-routes.ts'

/** The public face: forms, events, tracking, and the links in emails, told apart by the first part of the path. */
export const makeAnswerRequest = (ports: IntakePorts): ((request: HttpRequest) => Promise<Reply>) => {
  const routes = new Map<string, (request: HttpRequest) => Promise<Reply>>([
    ['f', makeFormRoutes(ports)],
    ['events', makeEventsRoute(ports)],
    ['c', makeHitRoute(ports, 'click')],
    ['o', makeHitRoute(ports, 'open')],
    // GET and POST go elsewhere.
    ['confirm', async () => problemReply({ type: 'method-not-allowed', allow: ['GET', 'POST'] })],
    ['u', async () => problemReply({ type: 'method-not-allowed', allow: ['GET', 'POST'] })],
    ['hooks', async () => problemReply({ type: 'method-not-allowed', allow: ['POST'] })],
  ])
  const home = makeHomeRoute(ports)
  const snippet = makeSnippetRoute(ports)
  const beacon = makeBeaconRoute(ports)
  return async (request) => {
    if (request.path === '/') return home(request)
    if (request.path === '/t.js') return snippet(request)
    if (request.path === '/t') return beacon(request)
    const [, area = '', name = '', ...rest] = request.path.split('/')
    const route = rest.length > 0 ? undefined : routes.get(area)
    if (route === undefined)
      return problemReply({ type: 'not-found', detail: 'There is nothing at this address.' })
    // What comes by the fallback, such as a wrong method, has no parameters of its own.
    return route({ ...request, params: { form: name, token: name, ...request.params } })
  }
}
