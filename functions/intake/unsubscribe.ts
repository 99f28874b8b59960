import * as z from 'zod/mini'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { IntakePorts } from './intake-ports.ts'

/** What an unsubscribe link stands for: a lead, and the message that it came in. */
export interface Subscription {
  readonly leadId: LeadId
  readonly sendId?: string
  readonly email?: string
  readonly language?: string
}

const dataSchema = z.object({
  sendId: z.optional(z.string()),
  email: z.optional(z.string()),
  language: z.optional(z.string()),
})

/** @returns undefined when the link is forged, expired or for something else. */
export const makeReadSubscription =
  ({ tokens, clock }: Pick<IntakePorts, 'tokens' | 'clock'>) =>
  (token: string): Subscription | undefined => {
    const claims = tokens.verify('unsubscribe', token, clock())
    if (claims === undefined) return undefined
    const { sendId, email, language } = z.safeParse(dataSchema, claims.data).data ?? {}
    return {
      leadId: claims.leadId,
      ...(sendId === undefined ? {} : { sendId }),
      ...(email === undefined ? {} : { email }),
      ...(language === undefined ? {} : { language }),
    }
  }

/**
 * Takes back every consent to marketing mail: one `email.unsubscribed`. The same link counts once a day, so that
 * repeats of a mail client change nothing, while a later withdrawal after a new consent does.
 */
export const makeUnsubscribe =
  ({ bus, clock, digest }: Pick<IntakePorts, 'bus' | 'clock' | 'digest'>) =>
  async (token: string, subscription: Subscription, how: 'one-click' | 'page'): Promise<void> => {
    const now = clock()
    const { leadId, sendId, email } = subscription
    await bus.submit([
      {
        id: `unsubscribe-${digest(token).slice(0, 32)}-${now.slice(0, 10)}`,
        type: 'email.unsubscribed',
        subject: { leadId },
        occurredAt: now,
        timeAssumed: true,
        properties: {
          how,
          ...(sendId === undefined ? {} : { sendId }),
          ...(email === undefined ? {} : { email }),
        },
      },
    ])
  }
