import { type HttpApp, makeApp } from '../http/http-app.ts'
import { makeEventsRoute } from './events-route.ts'
import { makeFormRoutes } from './form-routes.ts'
import type { IntakePorts } from './intake-ports.ts'
import { makeBeaconRoutes, makeHitRoute, makeSnippetRoute } from './tracking-routes.ts'

/** The public API: forms, events, tracking, and the links in emails that only count. */
export const intakeApp = (ports: IntakePorts): HttpApp => {
  const forms = makeFormRoutes(ports)
  const beacon = makeBeaconRoutes(ports)
  return makeApp()
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
