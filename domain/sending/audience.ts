import type { Condition } from '../condition/condition.ts'
import { pausedUntil } from '../consent/preferences.ts'
import { judgeSend, type SuppressedAddress } from '../email/judge-send.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { viewAt } from '../lead/lead-view.ts'
import { withSales } from '../lead/sales.ts'
import type { LeadId } from '../model/activity.ts'
import type { Rules } from '../rules/rules.ts'

/** Why somebody in an audience is not mailed, or not now. */
const withoutMail = ['consent', 'suppressed', 'withSales', 'held', 'address'] as const

type Without = (typeof withoutMail)[number]

/** What the sender would say of somebody. */
export const audienceVerdicts = ['mailable', ...withoutMail] as const

export type AudienceVerdict = (typeof audienceVerdicts)[number]

/** How many leads a condition holds for, and how many of them would be mailed: `matching` = `mailable` + all of `without`. */
export interface AudienceTally {
  readonly matching: number
  readonly mailable: number
  readonly without: Readonly<Record<Without, number>>
}

export const nobodyYet: AudienceTally = {
  matching: 0,
  mailable: 0,
  without: { consent: 0, suppressed: 0, withSales: 0, held: 0, address: 0 },
}

export interface AudienceLead {
  readonly leadId: LeadId
  readonly email?: string
  readonly state: LeadState
  /** What stood against the address when the lead was made, and what stands against it now. */
  readonly suppressed?: readonly SuppressedAddress[]
}

export const isMember = (
  lead: Omit<AudienceLead, 'suppressed'>,
  condition: Pick<Condition, 'test'>,
  rules: Rules,
  now: string,
): boolean => condition.test(viewAt(lead, rules, now))

/**
 * Whether a marketing email for `purpose` would go out to a lead: the check that the sender makes (`judgeSend`). Hours and
 * caps are left out, as they only delay.
 * @param purpose absent: any marketing consent is enough.
 */
export const judgeMember = (
  lead: AudienceLead,
  purpose: string | undefined,
  now: string,
): AudienceVerdict => {
  const { leadId, state } = lead
  const request = { leadId, sendId: '', email: '', recipient: 'lead' } as const
  const standsBack = withSales(state)
  const verdict = judgeSend(request, { kind: 'marketing', purpose }, { ...lead, standsBack }, () => false)
  if (verdict.type === 'send') return pausedUntil(state.attributes, now) === undefined ? 'mailable' : 'held'
  if (verdict.type === 'exited') return 'held'
  switch (verdict.reason) {
    case 'no-consent':
      return 'consent'
    case 'no-address':
      return 'address'
    case 'with-sales':
      return 'withSales'
    case 'already-answered':
    case 'bounced':
    case 'soft-bounced':
    case 'ses-suppressed':
    case 'complained':
    case 'erased':
      return 'suppressed'
    default:
      return verdict.reason satisfies never
  }
}

export const countMember = (tally: AudienceTally, verdict: AudienceVerdict): AudienceTally => {
  const matching = tally.matching + 1
  if (verdict === 'mailable') return { ...tally, matching, mailable: tally.mailable + 1 }
  return { ...tally, matching, without: { ...tally.without, [verdict]: tally.without[verdict] + 1 } }
}

export const addTallies = (tallies: readonly AudienceTally[]): AudienceTally =>
  tallies.reduce(
    (sum, one) => ({
      matching: sum.matching + one.matching,
      mailable: sum.mailable + one.mailable,
      without: {
        consent: sum.without.consent + one.without.consent,
        suppressed: sum.without.suppressed + one.without.suppressed,
        withSales: sum.without.withSales + one.without.withSales,
        held: sum.without.held + one.without.held,
        address: sum.without.address + one.without.address,
      },
    }),
    nobodyYet,
  )
