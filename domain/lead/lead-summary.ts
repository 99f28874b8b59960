import { trackingPurpose } from '../consent/tracking-consent.ts'
import { type QualificationStatus, qualificationStatus } from '../handoff/qualification.ts'
import type { Rules } from '../playbook/rules.ts'
import { scoreAt } from '../scoring/score.ts'
import { isBlank } from './attribute.ts'
import type { LeadId } from './lead-id.ts'
import type { LeadState } from './lead-state.ts'

export type ConsentSummary = 'granted' | 'pending' | 'withdrawn' | 'none'

/** One line of the list that marketing and sales share; the score is that of the moment asked. */
export interface LeadSummary {
  readonly leadId: LeadId
  readonly email: string | null
  readonly name: string | null
  readonly company: string | null
  readonly stage: string
  readonly score: number
  readonly fit: number
  readonly engagement: number
  readonly band: string
  readonly grade: string
  readonly consent: ConsentSummary
  readonly qualification: { readonly status: QualificationStatus }
  readonly lastActivityAt: string
  readonly createdAt: string
}

const text = (state: LeadState, attribute: string): string | null => {
  const value = state.attributes[attribute]?.value
  return typeof value === 'string' && !isBlank(value) ? value : null
}

/** @returns null where neither name is known. */
export const nameOf = (state: LeadState): string | null =>
  [text(state, 'firstName'), text(state, 'lastName')].filter((part) => part !== null).join(' ') || null

export const summariseLead = (
  lead: { readonly leadId: LeadId; readonly email?: string; readonly state: LeadState },
  rules: Rules,
  now: string,
): LeadSummary => {
  const { state } = lead
  const { score, fit, engagement, band, grade } = scoreAt(lead, rules, now)
  return {
    leadId: lead.leadId,
    email: lead.email ?? null,
    name: nameOf(state),
    company: text(state, 'company'),
    stage: state.stage.stage,
    score,
    fit,
    engagement,
    band,
    grade,
    consent: summariseConsent(state),
    qualification: { status: qualificationStatus(state, now) },
    lastActivityAt: state.lastActivityAt,
    createdAt: state.createdAt,
  }
}

/** The strongest standing over all purposes but tracking: one granted purpose is enough to write for that purpose. */
const summariseConsent = (state: LeadState): ConsentSummary => {
  const toWrite = Object.entries(state.consent).filter(([purpose]) => purpose !== trackingPurpose)
  const standing = new Set(toWrite.map(([, { status }]) => status))
  return (['granted', 'pending', 'withdrawn'] as const).find((status) => standing.has(status)) ?? 'none'
}
