import { mediaTypeOfAsset } from '../../domain/model/asset.ts'
import { type HttpApp, type HttpContext, makeApp } from '../http/http-app.ts'
import { problemReply } from '../http/problem.ts'
import { makeEventsRoute } from './events-route.ts'
import { makeFormRoutes } from './form-routes.ts'
import type { IntakePorts } from './intake-ports.ts'
import { makeBeaconRoutes, makeHitRoute, makeSnippetRoute } from './tracking-routes.ts'

/** A picture of the playbook. Its name is made of its content: whoever has it need not ask again. */
const makeAssetRoute =
  ({ assets }: Pick<IntakePorts, 'assets'>) =>
  async (context: HttpContext): Promise<Response> => {
    const name = context.req.param('name') ?? ''
    const type = mediaTypeOfAsset(name)
    const picture = type === undefined ? undefined : await assets.read(name)
    if (type === undefined || picture === undefined)
      return problemReply({ type: 'not-found', detail: 'There is no such picture.' })
    return new Response(new Uint8Array(picture), {
      headers: {
        'content-type': type,
        'cache-control': 'public, max-age=31536000, immutable',
        'cross-origin-resource-policy': 'cross-origin',
      },
    })
  }

/** The public API: forms, events, tracking, and the links in emails that only count. */
export const intakeApp = (ports: IntakePorts): HttpApp => {
  const forms = makeFormRoutes(ports)
  const beacon = makeBeaconRoutes(ports)
  return makeApp()
    .get('/f/:script{[^/]+\\.js}', forms.script)
    .get('/f/:form', forms.show)
    .post('/f/:form', forms.post)
    .options('/f/:form', forms.preflight)
    .get('/assets/:name', makeAssetRoute(ports))
    .post('/events', makeEventsRoute(ports))
    .get('/t.js', makeSnippetRoute(ports))
    .post('/t', beacon.take)
    .options('/t', beacon.preflight)
    .get('/c/:token', makeHitRoute(ports, 'click'))
    .get('/o/:token', makeHitRoute(ports, 'open'))
}
