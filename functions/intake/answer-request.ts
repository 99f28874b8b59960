import { chooseLanguage } from '../../domain/form/form-page.ts'
import { localize } from '../../domain/model/form.ts'
import { renderHomePage } from '../../domain/page/message-pages.ts'
import { frameOf } from '../../domain/page/page-layout.ts'
import { type HttpRequest, pageReply, type Reply, wantsPage } from '../http/http-message.ts'
import { problemReply } from '../http/problem.ts'
import { makeEventsRoute } from './events-route.ts'
import { makeFormRoutes } from './form-routes.ts'
import type { IntakePorts } from './intake-ports.ts'
import { makeBeaconRoute, makeHitRoute, makeSnippetRoute } from './tracking-routes.ts'

/** `GET /`: whoever opens the address of the API in a browser sees what there is; programs are told that there is nothing. */
const makeHomeRoute =
  ({ playbook: { settings, forms } }: Pick<IntakePorts, 'playbook'>) =>
  async (request: HttpRequest): Promise<Reply> => {
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (!isRead || !wantsPage(request))
      return problemReply({ type: 'not-found', detail: 'There is nothing at this address.' })
    const language = chooseLanguage(settings.languages, {
      lang: request.query.lang,
      acceptLanguage: request.headers['accept-language'],
    })
    const frame = frameOf(settings, language)
    const listed = Object.values(forms).map(({ id, title }) => ({
      title: localize(title, language),
      address: `/f/${encodeURIComponent(id)}`,
    }))
    return pageReply(200, renderHomePage(frame, listed), frame)
  }

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
