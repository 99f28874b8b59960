import type { LeadState } from '../lead/lead-state.ts'
import type { Quota } from '../sending/mailbox-limit.ts'
import type { HandoffRules } from './handoff-rules.ts'

const hour = 3_600_000
const usual = 10

/** Whether all that speaks for the lead may be made up: somebody filled in a form, and nobody confirmed the address. */
export const isUnconfirmed = ({ confirmed, seen }: Pick<LeadState, 'confirmed' | 'seen'>): boolean =>
  confirmed === undefined && seen['form.submitted'] !== undefined

/** The hour at `now`, and what it holds of such handoffs. */
export const unconfirmedQuota = ({ unconfirmed }: Pick<HandoffRules, 'unconfirmed'>, now: string): Quota => ({
  key: `handoffs:hour:${now.slice(0, 13)}`,
  most: unconfirmed?.perHour ?? usual,
  until: new Date(Math.floor(Date.parse(now) / hour + 1) * hour).toISOString(),
})
