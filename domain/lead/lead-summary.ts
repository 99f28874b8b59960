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

export const summariseLead = (
  lead: { readonly leadId: LeadId; readonly email?: string; readonly state: LeadState },
  rules: Rules,
  now: string,
): LeadSummary => {
  const { state } = lead
  const { score, fit, engagement, band, grade } = scoreAt(lead, rules, now)
  const text = (name: string): string | undefined => {
    const value = state.attributes[name]?.value
    return typeof value === 'string' && !isBlank(value) ? value : undefined
  }
  const name = [text('firstName'), text('lastName')].filter((part) => part !== undefined).join(' ')
  return {
    leadId: lead.leadId,
    email: lead.email ?? null,
    name: name || null,
    company: text('company') ?? null,
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
