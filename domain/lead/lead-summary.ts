import { type MissingPart, missingParts } from '../condition/missing-parts.ts'
import type { LeadId } from '../model/activity.ts'
import type { Json } from '../model/json.ts'
import type { Rules } from '../rules/rules.ts'
import { isBlank } from './attributes.ts'
import { trackingPurpose } from './consent.ts'
import { isClosed, lackedBy, qualificationNow } from './funnel.ts'
import type { LeadState } from './lead-state.ts'
import { scoreAt, viewAt } from './lead-view.ts'
import { isCustomer, withSales } from './sales.ts'

/** Rounded down: a score just short of 60 is never shown as 60. */
const numberText = (value: number): string => String(Math.floor(value * 10) / 10)

const valueText = (value: Json | undefined): string => {
  if (value === undefined || value === null) return 'unknown'
  if (typeof value === 'number') return numberText(value)
  return Array.isArray(value) ? value.map(valueText).join(' or ') : String(value)
}

const wantedText = ({ about, operator, wanted }: MissingPart): string => {
  switch (operator) {
    case '>':
      return `more than ${valueText(wanted)}`
    case '<':
      return `less than ${valueText(wanted)}`
    case '<=':
      return `at most ${valueText(wanted)}`
    case '>=':
      return about === 'stage' ? `${valueText(wanted)} or later` : `at least ${valueText(wanted)}`
    case '!=':
      return `anything but ${valueText(wanted)}`
    case '==':
    case 'in':
      return valueText(wanted)
    case undefined:
      return ''
    default:
      return operator satisfies never
  }
}

/** An unfulfilled part in a few words of English: "score 42 of 60", "stage interest, wanted: intent or later". */
const missingText = (part: MissingPart): string => {
  const { source, about, operator, wanted, is } = part
  if (source === 'consented') return 'consent'
  if (source === 'confirmed') return 'a confirmed address'
  if (about === undefined) return source
  const name = about.replace(/^lead\./, '')
  const isCount = operator === '>=' && typeof wanted === 'number' && typeof is === 'number'
  if (isCount) return `${name} ${numberText(is)} of ${numberText(wanted)}`
  return `${name} ${valueText(is)}, wanted: ${wantedText(part)}`
}

/** Who has a lead, as far as known without its rules. */
type QualificationStatus =
  /** Marketing. */
  | 'not-yet'
  /** Marketing; sales returned it for a while. */
  | 'paused'
  | 'with-sales'
  | 'customer'
  /** Marketing again: its deals were lost, without a disposition in `handoff.yaml`. */
  | 'lost'
  /** Nobody: closed for good. */
  | 'closed'

/** What a lead lacks to go to sales; `text` in English. */
type Missing =
  | { readonly type: 'attribute'; readonly attribute: string; readonly text: string }
  | ({ readonly type: 'condition'; readonly text: string } & MissingPart)

interface QualificationView {
  /** `qualified`: nothing is missing; it goes to sales with its next activity. */
  readonly status: QualificationStatus | 'qualified'
  readonly cycle: number
  /** In the current cycle. */
  readonly qualifiedAt: string | null
  /** What it lacks now; empty if sales has it or it is closed. */
  readonly missing: readonly Missing[]
  /** In one line: "phone, score 42 of 60"; null if nothing is missing. */
  readonly butFor: string | null
  /** It cannot qualify before. */
  readonly pausedUntil: string | null
  /** Why sales returned it for a while, or why it was closed. */
  readonly reason: string | null
}

/** The end of a pause that is active at `now`. */
const pausedUntil = ({ paused }: LeadState, now: string): string | undefined =>
  paused?.until !== undefined && now < paused.until ? paused.until : undefined

/** @param now RFC 3339 UTC */
export const qualificationStatus = (state: LeadState, now: string): QualificationStatus => {
  if (withSales(state)) return 'with-sales'
  if (isClosed(state)) return 'closed'
  if (isCustomer(state)) return 'customer'
  if (qualificationNow(state)) return 'lost'
  return pausedUntil(state, now) === undefined ? 'not-yet' : 'paused'
}

const missingOf = (
  lead: { readonly email?: string; readonly state: LeadState },
  rules: Rules,
  now: string,
): readonly Missing[] => {
  const view = viewAt(lead, rules, now)
  return [
    ...lackedBy(view, rules).map((attribute) => ({ type: 'attribute', attribute, text: attribute }) as const),
    ...missingParts(rules.qualify.source, view).map(
      (part) => ({ type: 'condition', text: missingText(part), ...part }) as const,
    ),
  ]
}

/** A lead's status with sales, and what it lacks. @param now RFC 3339 UTC */
export const viewQualification = (
  lead: { readonly email?: string; readonly state: LeadState },
  rules: Rules,
  now: string,
): QualificationView => {
  const { state } = lead
  const status = qualificationStatus(state, now)
  const isOpen = status === 'not-yet' || status === 'paused'
  const missing = isOpen ? missingOf(lead, rules, now) : []
  const until = pausedUntil(state, now)
  const hasReason = status === 'paused' || status === 'closed'
  return {
    status: status === 'not-yet' && missing.length === 0 ? 'qualified' : status,
    cycle: state.cycle,
    qualifiedAt: qualificationNow(state)?.at ?? null,
    missing,
    butFor: missing.length === 0 ? null : missing.map(({ text }) => text).join(', '),
    pausedUntil: until ?? null,
    reason: (hasReason && state.paused?.reason) || null,
  }
}

type ConsentSummary = 'granted' | 'pending' | 'withdrawn' | 'none'

/** A row of the list of leads; the score is that of the requested moment. */
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

const text = (state: Pick<LeadState, 'attributes'>, attribute: string): string | null => {
  const value = state.attributes[attribute]?.value
  return typeof value === 'string' && !isBlank(value) ? value : null
}

/** @returns null if neither name is known. */
export const nameOf = (state: Pick<LeadState, 'attributes'>): string | null =>
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

/** The best status over all purposes but tracking: one granted purpose permits mail for that purpose. */
const summariseConsent = (state: LeadState): ConsentSummary => {
  const toWrite = Object.entries(state.consent).filter(([purpose]) => purpose !== trackingPurpose)
  const standing = new Set(toWrite.map(([, { status }]) => status))
  return (['granted', 'pending', 'withdrawn'] as const).find((status) => standing.has(status)) ?? 'none'
}
