import { inRequestOrder } from '../../domain/activity/parse-activity.ts'
import { asSendable, identityRules, isId } from '../../domain/activity/subject.ts'
import type { Posted } from '../../domain/form/submission.ts'
import { isCrawler } from '../../domain/lead/filter-facts.ts'
import { isTrackedSite, readBeacon } from '../../domain/tracking/beacon.ts'
import type { HttpContext } from '../http/http-app.ts'
import { asciiAddress, bodyOf, cookieOf, emptyReply, scriptReply } from '../http/http-message.ts'
import { problemReply } from '../http/problem.ts'
import { visitorCookie, visitorField } from './browser/shared.ts'
import { notFound, preflightHeaders } from './cross-origin.ts'
import type { IntakePorts } from './intake-ports.ts'
import { type Hit, type HitKind, makeReadHit, makeRecordHit } from './record-hit.ts'
import { trackingSnippet } from './tracking-snippet.ts'

const maxBytes = 64 * 1024

/** `GET /t.js`. */
export const makeSnippetRoute = ({ publicUrl }: Pick<IntakePorts, 'publicUrl'>) => {
  const snippet = trackingSnippet(publicUrl)
  return (): Response => scriptReply(snippet)
}

const readJson = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body), asSendable)
  } catch {
    return undefined
  }
}

/** `POST /t` and its preflight request. */
export const makeBeaconRoutes = ({ playbook, publicUrl, clock, newFactId, bus }: IntakePorts) => {
  const { tracking = {} } = playbook.settings
  const identity = identityRules(playbook.settings.identity)
  const own = new URL(publicUrl).origin
  const isOurs = (origin: string | undefined) => origin === undefined || isTrackedSite(tracking, origin, own)
  const shared = ({ req }: HttpContext) => {
    const origin = req.header('origin')
    return {
      vary: 'Origin',
      ...(origin !== undefined && isOurs(origin) && { 'access-control-allow-origin': origin }),
    }
  }

  /** Every request gets the same response, as nobody reads it. Requests from other sites, crawlers or with invalid content are dropped. */
  const take = async (context: HttpContext): Promise<Response> => {
    const body = await bodyOf(context)
    if (body.byteLength > maxBytes) return problemReply({ type: 'too-large', limit: maxBytes })
    if (isOurs(context.req.header('origin')) && !isCrawler(context.req.header('user-agent') ?? '')) {
      const given = { settings: tracking, identity, arrivedAt: clock(), newId: newFactId }
      const activities = readBeacon(readJson(body), given)
      if (activities.length > 0) await bus.submit(inRequestOrder(activities, identity))
    }
    return emptyReply(shared(context))
  }
  return {
    take,
    preflight: (context: HttpContext): Response => emptyReply({ ...preflightHeaders, ...shared(context) }),
  }
}

/** The smallest GIF: one transparent pixel. */
const point = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'

const shared = {
  'cache-control': 'no-store, private',
  // Hides the token from the target site.
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
}

const answerOf = (kind: HitKind, { link }: Hit): Response => {
  if (kind === 'click')
    return new Response(null, { status: 302, headers: { ...shared, location: asciiAddress(link ?? '/') } })
  return new Response(Buffer.from(point, 'base64'), {
    headers: { ...shared, 'content-type': 'image/gif', 'cross-origin-resource-policy': 'cross-origin' },
  })
}

/** A prefetch is not a click. */
const isAhead = ({ req }: HttpContext): boolean =>
  ['sec-purpose', 'purpose', 'x-purpose'].some((name) => /prefetch|preview/i.test(req.header(name) ?? ''))

/** `/c/{token}` and `/o/{token}`. Visitors are redirected even if the click cannot be recorded. */
export const makeHitRoute = (ports: IntakePorts, kind: HitKind) => {
  const readHit = makeReadHit(ports)
  const recordHit = makeRecordHit(ports)
  return async (context: HttpContext): Promise<Response> => {
    const { req } = context
    const token = req.param('token') ?? ''
    const hit = readHit(kind, token)
    if (hit === undefined) return notFound(context, ports.playbook, 'link')
    if (!isAhead(context))
      await recordHit(token, hit, { method: req.method, userAgent: req.header('user-agent') }).catch(
        ports.missed,
      )
    return answerOf(kind, hit)
  }
}

/**
 * Id of the browser that sent a form: from the hidden field that the snippet fills in, or from the cookie where the form is on
 * the same site.
 */
export const visitorOf = (context: HttpContext, posted: ReadonlyMap<string, Posted>): string | undefined => {
  const field = posted.get(visitorField)
  const named =
    field?.type === 'scalar' && field.value !== '' ? field.value : cookieOf(context, visitorCookie)
  return isId(named) ? named : undefined
}
