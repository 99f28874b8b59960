import * as z from 'zod/mini'
import { signedLink } from '../../domain/lead/consent.ts'
import type { LeadId } from '../../domain/model/activity.ts'
import type { IntakePorts } from './intake-ports.ts'

/** Content of the token in a tracked link or picture. */
export interface Hit {
  readonly leadId: LeadId
  readonly sendId: string
  readonly email: string
  /** Target of a click; absent for an open. */
  readonly link?: string
}

export type HitKind = 'click' | 'open'

const dataSchema = z.object({ s: z.string(), m: z.string(), u: z.optional(z.string()) })

const isWebAddress = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text)

/** @returns undefined if the token is forged, expired, of another kind or without a target. */
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

/** The HTTP request of a hit. */
interface Asked {
  readonly method: string
  readonly userAgent?: string | undefined
}

/** Scanners identify themselves at the beginning. */
const agentLimit = 500

/** Puts `email.clicked` or `email.opened` on the bus. The fold decides whether a person was behind it. */
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
        // Each request is a fact of its own; deliveries repeated after this point are not.
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
