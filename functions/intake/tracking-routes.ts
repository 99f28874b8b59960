import * as z from 'zod/mini'
import { inRequestOrder } from '../../domain/activity/parse-activity.ts'
import { asSendable, identityRules, isId } from '../../domain/activity/subject.ts'
import type { Posted } from '../../domain/form/submission.ts'
import { signedLink } from '../../domain/lead/consent.ts'
import { isCrawler } from '../../domain/lead/left-out.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import { isTrackedSite, readBeacon } from '../../domain/tracking/beacon.ts'
import { asciiAddress, emptyReply, type HttpRequest, type Reply, scriptReply } from '../http/http-message.ts'
import { problemReply } from '../http/problem.ts'
import { visitorCookie, visitorField } from './browser/shared.ts'
import { notFound, preflightHeaders } from './cross-origin.ts'
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

/** What a tracked link or picture in an email stands for. */
interface Hit {
  readonly leadId: LeadId
  readonly sendId: string
  readonly email: string
  /** Where a click leads; absent: an open. */
  readonly link?: string
}

export type HitKind = 'click' | 'open'

const dataSchema = z.object({ s: z.string(), m: z.string(), u: z.optional(z.string()) })

const isWebAddress = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text)

/** @returns undefined when the token is forged, expired, for something else, or leads nowhere. */
export const makeReadHit =
  ({ tokens, clock }: Pick<IntakePorts, 'tokens' | 'clock'>) =>
  (kind: HitKind, token: string): Hit | undefined => {
    const claims = tokens.verify(kind, token, clock())
    const { data } = z.safeParse(dataSchema, claims?.data)
    if (claims === undefined || data === undefined) return undefined
    const hit = { leadId: claims.leadId, sendId: data.s, email: data.m }
    if (kind === 'open') return hit
    return data.u !== undefined && isWebAddress(data.u) ? { ...hit, link: data.u } : undefined
  }

/** How it was asked for. */
interface Asked {
  readonly method: string
  readonly userAgent?: string | undefined
}

/** Room for what names a scanner: it stands at the beginning. */
const agentLimit = 500

/** Puts `email.clicked` or `email.opened` on the bus. Whether it was a person's is for the fold to say. */
export const makeRecordHit =
  ({ bus, clock, digest }: Pick<IntakePorts, 'bus' | 'clock' | 'digest'>) =>
  async (
    token: string,
    { leadId, sendId, email, link }: Hit,
    { method, userAgent }: Asked,
  ): Promise<void> => {
    const now = clock()
    const type = link === undefined ? 'email.opened' : 'email.clicked'
    await bus.submit([
      {
        // Each request counts for itself; what is delivered twice from here on is one fact.
        id: `${type}:${digest(token).slice(0, 32)}:${Date.parse(now)}:${method.toLowerCase()}`,
        type,
        subject: { leadId },
        occurredAt: now,
        timeAssumed: true,
        properties: {
          email,
          sendId,
          method,
          via: signedLink,
          ...(link === undefined ? {} : { link }),
          ...(userAgent === undefined ? {} : { userAgent: userAgent.slice(0, agentLimit) }),
        },
      },
    ])
  }

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

/** The browser that a form was sent from: the snippet names it in the form, or its cookie does where the form stands on the same site. */
export const visitorOf = (
  { cookies }: Pick<HttpRequest, 'cookies'>,
  posted: ReadonlyMap<string, Posted>,
): string | undefined => {
  const field = posted.get(visitorField)
  const named = field?.type === 'scalar' && field.value !== '' ? field.value : cookies[visitorCookie]
  return isId(named) ? named : undefined
}
