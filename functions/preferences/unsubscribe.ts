import * as z from 'zod/mini'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import type { PreferencePorts } from './preference-ports.ts'

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
  ({ tokens, clock }: Pick<PreferencePorts, 'tokens' | 'clock'>) =>
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

interface Standing {
  readonly purpose: string
  readonly factId: string
}

/** What is taken back. */
const standing = (state: Pick<LeadState, 'consent'> | undefined): readonly Standing[] =>
  Object.entries(state?.consent ?? {}).flatMap(([purpose, { status, factId }]) =>
    status === 'granted' || status === 'pending' ? [{ purpose, factId }] : [],
  )

/** Names it: as long as nobody consents anew, leaving again is the same fact. */
const nameOf = (consents: readonly Standing[]): string =>
  consents
    .map(({ factId }) => factId)
    .toSorted()
    .join('\n')

/**
 * Takes back every consent to marketing mail: one `email.unsubscribed`. Repeats of a mail client change nothing, while a
 * later withdrawal after a new consent does, on the same day as well.
 * @param state undefined where it is not known: the same link then counts once a day.
 */
export const makeUnsubscribe =
  ({ bus, clock, digest }: Pick<PreferencePorts, 'bus' | 'clock' | 'digest'>) =>
  async (
    token: string,
    { leadId, sendId, email }: Subscription,
    how: 'one-click' | 'page',
    state: Pick<LeadState, 'consent'> | undefined,
  ): Promise<void> => {
    const now = clock()
    const consents = standing(state)
    await bus.submit([
      {
        id: `unsubscribe-${digest(`${token}\n${nameOf(consents)}`).slice(0, 32)}-${now.slice(0, 10)}`,
        type: 'email.unsubscribed',
        subject: { leadId },
        occurredAt: now,
        timeAssumed: true,
        properties: {
          how,
          purposes: consents.map(({ purpose }) => purpose),
          ...(sendId === undefined ? {} : { sendId }),
          ...(email === undefined ? {} : { email }),
        },
      },
    ])
  }
