import { identityRules } from '../../domain/activity/identity-key.ts'
import { isCrawler } from '../../domain/activity/machine-agents.ts'
import { inRequestOrder } from '../../domain/activity/request-order.ts'
import { asSendable } from '../../domain/activity/unsendable.ts'
import { readBeacon } from '../../domain/tracking/read-beacon.ts'
import { isTrackedSite } from '../../domain/tracking/tracking-settings.ts'
import { problemReply } from '../http/problem.ts'
import { emptyReply, type Reply, scriptReply } from '../http/reply.ts'
import type { HttpRequest } from '../http/request.ts'
import { preflightHeaders } from './cross-origin.ts'
import type { IntakePorts } from './intake-ports.ts'
import { trackingSnippet } from './tracking-snippet.ts'

const maxBytes = 64 * 1024

/** `GET /t.js`. */
export const makeSnippetRoute = ({ publicUrl }: Pick<IntakePorts, 'publicUrl'>) => {
  const reply = scriptReply(trackingSnippet(publicUrl))
  return async ({ method }: HttpRequest): Promise<Reply> =>
    method === 'GET' || method === 'HEAD'
      ? reply
      : problemReply({ type: 'method-not-allowed', allow: ['GET', 'HEAD'] })
}

const readJson = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body), asSendable)
  } catch {
    return undefined
  }
}

/**
 * `POST /t`: whatever a page sends is answered alike, since nobody there reads the answer. What is not from one of our
 * sites, from a crawler or of no use is dropped.
 */
export const makeBeaconRoute = ({ playbook, publicUrl, clock, newFactId, bus }: IntakePorts) => {
  const { tracking = {}, identity } = playbook.settings
  const own = new URL(publicUrl).origin
  return async ({ method, headers, body }: HttpRequest): Promise<Reply> => {
    const { origin } = headers
    const isOurs = origin === undefined || isTrackedSite(tracking, origin, own)
    const shared = {
      vary: 'Origin',
      ...(isOurs && origin !== undefined ? { 'access-control-allow-origin': origin } : {}),
    }
    if (method === 'OPTIONS') return emptyReply({ ...preflightHeaders, ...shared })
    if (method !== 'POST') return problemReply({ type: 'method-not-allowed', allow: ['POST', 'OPTIONS'] })
    if (body.byteLength > maxBytes) return problemReply({ type: 'too-large', limit: maxBytes })
    if (isOurs && !isCrawler(headers['user-agent'] ?? '')) {
      const activities = readBeacon(readJson(body), {
        settings: tracking,
        identity: identityRules(identity),
        arrivedAt: clock(),
        newId: newFactId,
      })
      if (activities.length > 0) await bus.submit(inRequestOrder(activities, identityRules(identity)))
    }
    return emptyReply(shared)
  }
}
