import type { Fact, LeadId } from '../model/activity.ts'
import { confirmReminder } from '../model/built-in-names.ts'
import { type StageId, stageIds, stageRank } from '../model/deal.ts'
import { type Decided, type Decision, decision } from '../model/decision.ts'
import type { DecisionType } from '../model/events.ts'
import type { Rules } from '../rules/rules.ts'
import { bandOf, gradeOf } from '../scoring/awards.ts'
import { lapsedStranger } from './consent.ts'
import type { Draft } from './draft.ts'
import {
  type BandEntry,
  type ConfirmationDue,
  familyChanges,
  type LeadState,
  qualificationNow,
  type StageEntry,
  type Trigger,
  tellsOneOf,
} from './lead-state.ts'
import type { LeadView, ScoringWatcher } from './lead-view.ts'
import { isAdvance, withdrawn } from './left-out.ts'
import { dealDecisions, givenBack, meetsQualification } from './sales.ts'

const told = (lead: Decided, key: string, { factId, at }: Trigger): Decision => {
  const cause = { at, factId }
  const name = key.slice(key.search(/[:@]/) + 1)
  const data = { because: { activityId: factId }, factOccurredAt: at }
  return key.startsWith('activity:')
    ? decision(lead, 'ActivityRecorded', `${key}:${factId}`, cause, { activity: name, ...data })
    : decision(lead, 'SequenceTriggered', `${key}:${factId}`, cause, { sequence: name, ...data })
}

/** What sequences begin with or wait for. */
const triggered = (lead: Decided, { triggers = {} }: LeadState): readonly Decision[] =>
  Object.entries(triggers).map(([key, trigger]) => told(lead, key, trigger))

/** Stages that the same fact passed through on its way to `entry`. */
const skippedBefore = (entry: StageEntry, stages: readonly StageEntry[]): readonly StageId[] =>
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

const qualified = (
  lead: Decided,
  state: LeadState,
  qualification: LeadState['qualifications'][number],
): Decision<'LeadQualified'> => {
  const { cycle, score, at } = qualification
  const stage = state.stages.findLast((entry) => entry.cycle === cycle && entry.at <= at)?.stage
  return decision(lead, 'LeadQualified', `qualified:${cycle}`, qualification, {
    score,
    stage: stage ?? state.stage.stage,
    cycle,
  })
}

/** The decision of the present cycle, as it was published. */
export const decidedQualification = (
  lead: Decided,
  state: LeadState,
): Decision<'LeadQualified'> | undefined => {
  const qualification = qualificationNow(state)
  return qualification && qualified(lead, state, qualification)
}

const consents = (lead: Decided, state: LeadState): readonly Decision[] =>
  Object.entries(state.consent).flatMap(([purpose, consent]): readonly Decision[] => {
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
  return decision(lead, 'EmailRequested', key, due, {
    ...request,
    confirmation: {
      factId,
      form,
      purpose,
      ...(furtherPurpose !== undefined && { furtherPurpose }),
      language,
    },
  })
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
    ...state.qualifications.map((one) => qualified(lead, state, one)),
    ...givenBack(lead, state),
    ...dealDecisions(lead, state),
    ...triggered(lead, state),
    ...lapsed(lead, state),
  ]
}

const marked = <Type extends DecisionType>(one: Decision<Type>, rescored: string): Decision<Type> => ({
  ...one,
  data: { ...one.data, rescored },
})

interface DecideOptions {
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
    : decided.filter(({ type }) => type !== 'EmailRequested').map((one) => marked(one, rescored))
}

/** A lead of which nothing counts stands where one without points does. */
export const startBand = (draft: Draft, { id, occurredAt }: Fact, rules: Rules): void => {
  const start = { id: bandOf(0, rules.playbook.scoring.bands), grade: gradeOf(0, 0, rules) }
  draft.band = { ...start, score: 0, at: occurredAt, factId: id }
}

/** Keeps band and grade, and which fact last changed either. A lead begins in the lowest band without points. */
export const judgeBand = (
  draft: Draft,
  fact: Fact,
  view: LeadView,
  rules: Rules,
  watcher?: ScoringWatcher,
): void => {
  const { bands } = rules.playbook.scoring
  const fit = view.fit() ?? 0
  const engagement = view.engagement() ?? 0
  const score = Math.max(0, fit + engagement)
  const id = bandOf(score, bands)
  const grade = gradeOf(fit, engagement, rules)
  if (draft.band?.id === id && draft.band.grade === grade) return
  const before = draft.band ?? { id: bandOf(0, bands), grade: gradeOf(0, 0, rules) }
  const changed = before.id !== id || before.grade !== grade
  const entry = { id, grade, score, at: fact.occurredAt, factId: fact.id }
  draft.band = changed ? { ...entry, from: before.id } : entry
  if (changed) watcher?.banded?.(draft.band)
}

/** Up to the highest stage whose condition holds, again until none above does: a condition may ask for the stage itself. */
export const judgeStage = (draft: Draft, { id, occurredAt }: Fact, view: LeadView, rules: Rules): void => {
  for (let index = rules.stages.length - 1; index > 0; index -= 1) {
    const from = view.stage()
    const { id: stage, condition } = rules.stages[index] ?? { id: from }
    if (stageRank(stage) <= stageRank(from)) return
    if (!condition?.test(view)) continue
    pushSkipped(draft, from, stage, { at: occurredAt, factId: id })
    draft.stages.push({
      stage,
      from,
      at: occurredAt,
      factId: id,
      condition: condition.source,
      cycle: draft.cycle,
    })
    index = rules.stages.length
  }
}

/** Stages between are passed through, so that whoever counts the funnel finds as many at each stage as went beyond it. */
const pushSkipped = (
  draft: Draft,
  from: StageId,
  to: StageId,
  cause: { readonly at: string; readonly factId: string },
): void => {
  for (let rank = stageRank(from) + 1; rank < stageRank(to); rank += 1) {
    const [before, stage] = [stageIds[rank - 1], stageIds[rank]]
    if (stage && before)
      draft.stages.push({ stage, from: before, ...cause, cycle: draft.cycle, implied: true })
  }
}

const isPaused = ({ paused }: Draft, at: string): boolean =>
  paused !== undefined && (paused.until === undefined || at < paused.until)

/** Once in each cycle, unless sales sent the lead back and the pause is not over. */
export const judgeQualification = (
  draft: Draft,
  { id, occurredAt }: Fact,
  view: LeadView,
  rules: Rules,
): void => {
  if (draft.qualifications.at(-1)?.cycle === draft.cycle || isPaused(draft, occurredAt)) return
  if (!meetsQualification(view, rules)) return
  draft.qualifications.push({ cycle: draft.cycle, at: occurredAt, factId: id, score: view.score() ?? 0 })
}

/** Names what a sequence may begin with: an activity of some type, or its own condition. */
const triggerKey = {
  activity: (type: string): string => `activity:${type}`,
  when: (sequence: string): string => `when@${sequence}`,
}

/** What moves a date that sequences wait for, and is nothing else: as if it were an activity of this type. */
export const dateCorrected = 'date.corrected'

/** Sequences whose condition held after the last fact, and still does right before the next: points may have faded since. */
export const stillHolding = (
  draft: Draft,
  view: LeadView,
  { entries }: Rules,
  now: number,
): ReadonlySet<string> => {
  const held = entries.filter(({ sequence }) => draft.triggers.get(triggerKey.when(sequence))?.held)
  if (held.length === 0) return new Set()
  view.moveTo(now)
  return new Set(held.filter(({ condition }) => condition.test(view)).map(({ sequence }) => sequence))
}

/**
 * Keeps the last fact of each type that sequences follow, or that told a date they wait for, and for each condition the last fact that made it true.
 * Old news is none that anybody follows; a date that it corrects is.
 * @param holding as `stillHolding` found before the fact was taken.
 */
export const takeTriggers = (
  draft: Draft,
  fact: Fact,
  view: LeadView,
  { followedTypes, dateAttributes, entries }: Rules,
  { holding, isOldNews }: { readonly holding: ReadonlySet<string>; readonly isOldNews: boolean },
): void => {
  const { id, type, occurredAt } = fact
  const cause = { factId: id, at: occurredAt }
  const tellsDate = tellsOneOf(dateAttributes, fact)
  if (isOldNews ? tellsDate : followedTypes.has(type) || tellsDate)
    draft.triggers.set(triggerKey.activity(isOldNews ? dateCorrected : type), cause)
  for (const { sequence, condition } of entries) {
    const key = triggerKey.when(sequence)
    const known = draft.triggers.get(key)
    if (condition.test(view)) {
      if (known === undefined || !holding.has(sequence)) draft.triggers.set(key, { ...cause, held: true })
    } else if (known?.held) draft.triggers.set(key, { factId: known.factId, at: known.at })
  }
}
