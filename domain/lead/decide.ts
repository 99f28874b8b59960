import { emailRequestData } from '../email/email-request.ts'
import type { JsonObject } from '../json.ts'
import type { Decision, DecisionType } from './decision.ts'
import type { LeadId } from './lead-id.ts'
import type { BandEntry, ConfirmationDue, LeadState, StageEntry } from './lead-state.ts'

interface Decided {
  readonly leadId: LeadId
}

type Cause = { readonly at: string; readonly factId: string }

const decision = (
  { leadId }: Decided,
  type: DecisionType,
  key: string,
  { at, factId }: Cause,
  data: JsonObject,
): Decision => ({
  id: `${leadId}:${key}`,
  type,
  occurredAt: at,
  causationId: factId,
  correlationId: factId,
  leadId,
  data: { leadId, ...data },
})

const stageAdvanced = (lead: Decided, entry: StageEntry): Decision =>
  decision(lead, 'StageAdvanced', `stage:${entry.stage}:${entry.cycle}`, entry, {
    from: entry.from ?? null,
    to: entry.stage,
    because: { activityId: entry.factId, condition: entry.condition ?? null },
    cycle: entry.cycle,
    factOccurredAt: entry.at,
  })

/** A recycle's own entry leads down: it is told as `LeadRecycled`. */
const isAdvance = ({ from, condition }: StageEntry): boolean => from === undefined || condition !== undefined

const scored = (lead: Decided, band: BandEntry): readonly Decision[] =>
  band.from === undefined
    ? []
    : [
        decision(lead, 'LeadScored', `band:${band.id}:${band.grade}:${band.factId}`, band, {
          score: band.score,
          band: band.id,
          grade: band.grade,
          previousBand: band.from,
        }),
      ]

const qualified = (lead: Decided, state: LeadState): readonly Decision[] =>
  state.qualifications.map((qualification) => {
    const { cycle, score, at } = qualification
    const stage = state.stages.findLast((entry) => entry.cycle === cycle && entry.at <= at)?.stage
    return decision(lead, 'LeadQualified', `qualified:${cycle}`, qualification, {
      score,
      stage: stage ?? state.stage.stage,
      cycle,
    })
  })

const recycled = (lead: Decided, state: LeadState): readonly Decision[] =>
  state.recycles.map((recycle) => {
    const entry = state.stages.find(
      ({ cycle, factId }) => cycle === recycle.cycle && factId === recycle.factId,
    )
    return decision(lead, 'LeadRecycled', `recycled:${recycle.cycle}`, recycle, {
      reason: recycle.reason,
      cycle: recycle.cycle,
      from: entry?.from ?? null,
      to: entry?.stage ?? null,
    })
  })

const consents = (lead: Decided, state: LeadState): readonly Decision[] =>
  Object.entries(state.consent).flatMap(([purpose, consent]) => {
    const key = `consent:${purpose}:${consent.status}:${consent.factId}`
    switch (consent.status) {
      case 'pending':
        return []
      case 'granted':
        return [decision(lead, 'ConsentGranted', key, consent, { purpose })]
      case 'withdrawn':
        return [decision(lead, 'ConsentWithdrawn', key, consent, { purpose })]
      default: {
        const never: never = consent.status
        throw new Error(`no such status: ${String(never)}`)
      }
    }
  })

const confirmation = (lead: Decided, due: ConfirmationDue): Decision => {
  const { factId, form, purpose, language } = due
  const sendId = `${lead.leadId}:confirm:${factId}`
  const request = { leadId: lead.leadId, sendId, email: 'confirm', recipient: 'lead' } as const
  return decision(
    lead,
    'EmailRequested',
    `confirm:${factId}`,
    due,
    emailRequestData({ ...request, confirmation: { factId, form, purpose, language } }),
  )
}

const implied = (lead: Decided, state: LeadState): readonly Decision[] => {
  const [first] = state.stages
  const created = { at: state.createdAt, factId: first?.factId ?? state.last.id }
  return [
    decision(lead, 'LeadCreated', 'created', created, {}),
    ...consents(lead, state),
    ...state.confirmations.map((due) => confirmation(lead, due)),
    ...scored(lead, state.band),
    ...state.stages.filter(isAdvance).map((entry) => stageAdvanced(lead, entry)),
    ...qualified(lead, state),
    ...recycled(lead, state),
  ]
}

/**
 * What follows from a lead's new state that did not follow from the one before: the same decision has the same id
 * whenever it is taken, however the facts came in. The first stage counts as reached (`from` null).
 */
export const decide = (
  lead: { readonly leadId: LeadId; readonly email?: string },
  before: LeadState | undefined,
  after: LeadState,
): readonly Decision[] => {
  if (before === after) return []
  const known = new Set(before ? implied(lead, before).map(({ id }) => id) : [])
  return implied(lead, after)
    .filter(({ id }) => !known.has(id))
    .toSorted((a, b) => (a.occurredAt < b.occurredAt ? -1 : a.occurredAt > b.occurredAt ? 1 : 0))
}
