import { chooseLanguage } from '../../domain/form/form-page.ts'
import { localize } from '../../domain/model/form.ts'
import { renderHomePage } from '../../domain/page/message-pages.ts'
import { frameOf } from '../../domain/page/page-layout.ts'
import { type HttpApp, type HttpContext, makeApp } from '../http/http-app.ts'
import { pageReply, wantsPage } from '../http/http-message.ts'
import { problemReply } from '../http/problem.ts'
import { makeEventsRoute } from './events-route.ts'
import { makeFormRoutes } from './form-routes.ts'
import type { IntakePorts } from './intake-ports.ts'
import { makeBeaconRoutes, makeHitRoute, makeSnippetRoute } from './tracking-routes.ts'

/** Browsers get a page that lists the forms; programs get a 404. */
const makeHomeRoute =
  ({ playbook: { settings, forms } }: Pick<IntakePorts, 'playbook'>) =>
  (context: HttpContext): Response => {
    const isRead = context.req.method === 'GET' || context.req.method === 'HEAD'
    if (!isRead || !wantsPage(context))
      return problemReply({ type: 'not-found', detail: 'There is nothing at this address.' })
    const language = chooseLanguage(settings.languages, {
      lang: context.req.query('lang'),
      acceptLanguage: context.req.header('accept-language'),
    })
    const frame = frameOf(settings, language)
    const listed = Object.values(forms).map(({ id, title }) => ({
      title: localize(title, language),
      address: `/f/${encodeURIComponent(id)}`,
    }))
    return pageReply(200, renderHomePage(frame, listed), frame)
  }

/** The public API: forms, events, tracking, and the links in emails that only count. */
export const intakeApp = (ports: IntakePorts): HttpApp => {
  const forms = makeFormRoutes(ports)
  const beacon = makeBeaconRoutes(ports)
  return makeApp()
    .all('/', makeHomeRoute(ports))
    .get('/f/:script{[^/]+\\.js}', forms.script)
    .get('/f/:form', forms.show)
    .post('/f/:form', forms.post)
    .options('/f/:form', forms.preflight)
    .post('/events', makeEventsRoute(ports))
    .get('/t.js', makeSnippetRoute(ports))
    .post('/t', beacon.take)
    .options('/t', beacon.preflight)
    .get('/c/:token', makeHitRoute(ports, 'click'))
    .get('/o/:token', makeHitRoute(ports, 'open'))
}
