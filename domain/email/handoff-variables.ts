import { compareFacts, type Fact } from '../activity/activity.ts'
import type { Handoff } from '../handoff/handoff.ts'
import type { Json, JsonObject } from '../json.ts'
import { draftOf } from '../lead/fold.ts'
import type { LeadState } from '../lead/lead-state.ts'
import { reshapes } from '../lead/left-out.ts'
import type { Rules } from '../playbook/rules.ts'
import { explain } from '../scoring/explain.ts'
import { activityWords } from './activity-words.ts'

const maxTimeline = 50

/** Properties that say which thing an activity was about, best first. */
const telling = [
  'title',
  'name',
  'path',
  'url',
  'email',
  'form',
  'campaign',
  'channel',
  'rating',
  'seconds',
  'amount',
  'reason',
  'outcome',
  'orderId',
  'proposalId',
]

/** `handoff.*`, `explanation[]` and `timeline[]` of the email to the owner. */
export const handoffVariables = (
  handoff: Handoff,
  lead: { readonly email?: string; readonly state: LeadState },
  facts: readonly Fact[],
  rules: Rules,
  language: string,
): JsonObject => ({
  handoff: {
    id: handoff.handoffId,
    score: handoff.score,
    stage: handoff.stage,
    team: handoff.team,
    requestedAt: handoff.requestedAt,
    dueAt: handoff.dueAt,
    owner: handoff.owner.name,
  },
  explanation: explanationRows(handoff, lead, facts, rules),
  timeline: timelineRows(countingFacts(facts, rules), language),
})

/** The score as it was when the lead qualified, a row for each rule, so that the rows add up to the score shown above them. */
const explanationRows = (
  { handoffId, requestedAt }: Handoff,
  { email, state }: { readonly email?: string; readonly state: LeadState },
  facts: readonly Fact[],
  rules: Rules,
): readonly JsonObject[] => {
  const cycle = Number(handoffId.slice(handoffId.lastIndexOf('.') + 1))
  const qualified = state.qualifications.find((qualification) => qualification.cycle === cycle)
  const explanation = qualified
    ? explain(upTo(facts, qualified.at, qualified.factId), rules, qualified.at, email)
    : explain(facts, rules, requestedAt, email)
  const rows = new Map<string, { rule: string; points: number; decayedTo: number; at: string }>()
  for (const { rule, points, decayedTo, at } of explanation.rules) {
    const row = rows.get(rule)
    if (row) {
      row.points += points
      row.decayedTo += decayedTo
      if (at > row.at) row.at = at
    } else rows.set(rule, { rule, points, decayedTo, at })
  }
  return [...rows.values()]
    .filter(({ decayedTo }) => decayedTo !== 0)
    .sort((a, b) => b.decayedTo - a.decayedTo)
}

/** As known today: what was taken back since stays so. */
const upTo = (facts: readonly Fact[], occurredAt: string, id: string): readonly Fact[] =>
  facts.filter((fact) => compareFacts(fact, { ...fact, occurredAt, id }) <= 0 || reshapes(fact))

/** What the lead did: without what was taken back or done by a machine. */
const countingFacts = (facts: readonly Fact[], rules: Rules): readonly Fact[] => {
  const leftOut = new Set<string>()
  draftOf(facts, rules, undefined, { leftOut: ({ id }) => leftOut.add(id) })
  return facts.filter((fact) => !leftOut.has(fact.id) && !reshapes(fact))
}

/** Newest first. */
const timelineRows = (facts: readonly Fact[], language: string): readonly JsonObject[] =>
  facts
    .slice(-maxTimeline)
    .reverse()
    .map((fact) => ({ at: fact.occurredAt, type: fact.type, text: factText(fact, language) }))

const factText = ({ type, properties }: Fact, language: string): string => {
  const words = activityWords(type, language) ?? type.replaceAll(/[._]/g, ' ')
  const about = telling.map((name) => properties[name]).find(isShort)
  return about === undefined ? words : `${words}: ${about}`
}

const isShort = (value: Json | undefined): value is string | number =>
  typeof value === 'number' || (typeof value === 'string' && value.trim() !== '' && value.length <= 120)
