import { emailRequestData } from '../email/email-request.ts'
import { stageRank } from '../funnel/funnel-rules.ts'
import { confirmReminder } from '../playbook/built-in-names.ts'
import { dealDecisions } from './deal-decisions.ts'
import { type Decided, type Decision, decision } from './decision.ts'
import { familyChanges } from './family-changes.ts'
import { givenBack } from './given-back.ts'
import type { LeadId } from './lead-id.ts'
import type { BandEntry, ConfirmationDue, LeadState, StageEntry } from './lead-state.ts'
import { triggered } from './triggered.ts'
import { lapsedStranger } from './unconfirmed.ts'
import { isAdvance, withdrawn } from './withdrawn.ts'

/** Stages that the same fact passed through on its way to `entry`. */
const skippedBefore = (entry: StageEntry, stages: readonly StageEntry[]): readonly string[] =>
  stages
    .filter(({ implied, cycle, factId }) => implied && cycle === entry.cycle && factId === entry.factId)
    .map(({ stage }) => stage)
    .filter(
      (stage) =>
        stageRank(stage) > stageRank(entry.from ?? stage) && stageRank(stage) < stageRank(entry.stage),
    )

const stageAdvanced = (lead: Decided, entry: StageEntry, stages: readonly StageEntry[]): Decision =>
  decision(lead, 'StageAdvanced', `stage:${entry.stage}:${entry.cycle}`, entry, {
    from: entry.from ?? null,
    to: entry.stage,
    skipped: skippedBefore(entry, stages),
    because: { activityId: entry.factId, condition: entry.condition ?? null },
    cycle: entry.cycle,
    factOccurredAt: entry.at,
  })

const scored = (lead: Decided, band: BandEntry): readonly Decision[] =>
  band.from === undefined
    ? []
    : [
        decision(
          lead,
          'LeadScored',
          `band:${band.id}:${band.grade}:${band.faded ? `faded:${band.at}` : band.factId}`,
          band,
          {
            score: band.score,
            band: band.id,
            grade: band.grade,
            previousBand: band.from,
            because: band.faded ? 'faded' : 'activity',
          },
        ),
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

const consents = (lead: Decided, state: LeadState): readonly Decision[] =>
  Object.entries(state.consent).flatMap(([purpose, consent]) => {
    const key = `consent:${purpose}:${consent.status}:${consent.factId}`
    switch (consent.status) {
      case 'pending':
      case 'lapsed':
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
  const { factId, form, purpose, furtherPurpose, language } = due
  const key = `${due.reminder ? 'reminder' : 'confirm'}:${factId}`
  const sendId = `${lead.leadId}:${key}`
  const email = due.reminder ? confirmReminder : 'confirm'
  const request = { leadId: lead.leadId, sendId, email, recipient: 'lead' } as const
  return decision(
    lead,
    'EmailRequested',
    key,
    due,
    emailRequestData({
      ...request,
      confirmation: {
        factId,
        form,
        purpose,
        ...(furtherPurpose !== undefined && { furtherPurpose }),
        language,
      },
    }),
  )
}

/** Whoever never confirmed and has no other tie is to be forgotten. */
const lapsed = (lead: Decided, state: LeadState): readonly Decision[] => {
  const cause = lapsedStranger(state)
  return cause
    ? [decision(lead, 'ErasureRequested', `erase:${cause.at}`, cause, { because: 'unconfirmed' })]
    : []
}

const implied = (lead: Decided, state: LeadState): readonly Decision[] => {
  const [first] = state.stages
  const created = { at: state.createdAt, factId: first?.factId ?? state.last.id }
  return [
    decision(lead, 'LeadCreated', 'created', created, {}),
    ...consents(lead, state),
    ...state.confirmations.map((due) => confirmation(lead, due)),
    ...scored(lead, state.band),
    ...state.stages.filter(isAdvance).map((entry) => stageAdvanced(lead, entry, state.stages)),
    ...qualified(lead, state),
    ...givenBack(lead, state),
    ...dealDecisions(lead, state),
    ...triggered(lead, state),
    ...lapsed(lead, state),
  ]
}

export interface DecideOptions {
  /**
   * The state was folded anew under the rules of this version: what follows is marked by it, so that nobody takes it for
   * news, and emails that old facts would ask for stay unsent.
   */
  readonly rescored?: string
}

/**
 * What follows from a lead's new state that did not follow from the one before: the same decision has the same id
 * whenever it is taken, however the facts came in. The first stage counts as reached (`from` null). What no longer
 * follows is taken back where others have built on it.
 */
export const decide = (
  lead: { readonly leadId: LeadId; readonly email?: string },
  before: LeadState | undefined,
  after: LeadState,
  { rescored }: DecideOptions = {},
): readonly Decision[] => {
  if (before === after) return []
  const known = new Set(before ? implied(lead, before).map(({ id }) => id) : [])
  const decided = [
    ...familyChanges(lead, before, after),
    ...withdrawn(lead, before, after),
    ...implied(lead, after),
  ]
    .filter(({ id }) => !known.has(id))
    .toSorted((a, b) => (a.occurredAt < b.occurredAt ? -1 : a.occurredAt > b.occurredAt ? 1 : 0))
  return rescored === undefined
    ? decided
    : decided
        .filter(({ type }) => type !== 'EmailRequested')
        .map((one) => ({ ...one, data: { ...one.data, rescored } }))
}
