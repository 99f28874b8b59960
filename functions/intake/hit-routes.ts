import { problemReply } from '../http/problem.ts'
import { asciiAddress, type Reply } from '../http/reply.ts'
import type { HttpRequest } from '../http/request.ts'
import type { IntakePorts } from './intake-ports.ts'
import { notFound } from './not-found.ts'
import { type Hit, type HitKind, makeReadHit, makeRecordHit } from './record-hit.ts'

/** The smallest GIF: one transparent point. */
const point = 'R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7'

const shared = {
  'cache-control': 'no-store, private',
  // The site that is clicked to learns nothing of the token.
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
}

const answerOf = (kind: HitKind, { link }: Hit, method: string): Reply => {
  if (kind === 'click')
    return { statusCode: 302, headers: { ...shared, location: asciiAddress(link ?? '/') } }
  const headers = {
    ...shared,
    'content-type': 'image/gif',
    'cross-origin-resource-policy': 'cross-origin',
  }
  return method === 'HEAD'
    ? { statusCode: 200, headers }
    : { statusCode: 200, headers, body: point, isBase64Encoded: true }
}

/** A browser that loads ahead has not clicked. */
const isAhead = ({ headers }: HttpRequest): boolean =>
  /prefetch|preview/i.test(
    `${headers['sec-purpose'] ?? ''} ${headers.purpose ?? ''} ${headers['x-purpose'] ?? ''}`,
  )

/** `/c/{token}` and `/o/{token}`. Whoever clicks gets where the link leads, also when it cannot be recorded just now. */
export const makeHitRoute = (ports: IntakePorts, kind: HitKind) => {
  const readHit = makeReadHit(ports)
  const recordHit = makeRecordHit(ports)
  return async (request: HttpRequest): Promise<Reply> => {
    const { method, params, headers } = request
    const token = params.token ?? ''
    const hit = readHit(kind, token)
    if (hit === undefined) return notFound(request, ports.playbook, 'link')
    if (method !== 'GET' && method !== 'HEAD')
      return problemReply({ type: 'method-not-allowed', allow: ['GET', 'HEAD'] })
    if (!isAhead(request))
      await recordHit(token, hit, { method, userAgent: headers['user-agent'] }).catch(ports.missed)
    return answerOf(kind, hit, method)
  }
}
