import { compareFacts, type Fact } from '../../activity/activity.ts'
import { localize } from '../../form/localize.ts'
import type { LeadState, Qualification } from '../../lead/lead-state.ts'
import { reshapes } from '../../lead/left-out.ts'
import type { Rules } from '../../playbook/rules.ts'
import { explain } from '../../scoring/explain.ts'
import type { ExplainedPoints } from '../../scoring/explained-points.ts'
import { readableDay } from '../../time/readable-time.ts'
import type { Handoff } from '../handoff.ts'
import type { Reader } from './reader.ts'

/** What one rule gives, all its awards together. */
export interface ScorePart {
  readonly rule: string
  /** The rule in the reader's words; its id where the playbook has none. */
  readonly label: string
  /** As awarded. */
  readonly points: number
  /** What they were worth when the lead qualified. */
  readonly decayedTo: number
  /** Of the latest award, RFC 3339 UTC. */
  readonly at: string
  readonly when: string
}

export interface Scored {
  readonly parts: readonly ScorePart[]
  /** Points awarded in the seven days before. */
  readonly gained: number
}

const week = 7 * 86_400_000

/** The moment that the handoff rests on; undefined where the lead's log no longer says so. */
export const qualificationOf = ({ handoffId }: Handoff, { qualifications }: LeadState) => {
  const cycle = Number(handoffId.slice(handoffId.lastIndexOf('.') + 1))
  return qualifications.find((qualification) => qualification.cycle === cycle)
}

/** The score as it was when the lead qualified, a part for each rule, so that the parts add up to the score of the handoff. */
export const scoreParts = (
  handoff: Handoff,
  lead: { readonly email?: string; readonly state: LeadState },
  facts: readonly Fact[],
  rules: Rules,
  reader: Reader,
): Scored => {
  const qualified = qualificationOf(handoff, lead.state)
  const at = qualified?.at ?? handoff.requestedAt
  const explanation = explain(qualified ? upTo(facts, qualified) : facts, rules, at, lead.email)
  const since = new Date(Date.parse(at) - week).toISOString()
  const parts = [...Map.groupBy(explanation.rules, ({ rule }) => rule).values()].map((rows) =>
    partOf(rows, rules, reader),
  )
  return {
    parts: parts.filter(({ decayedTo }) => decayedTo !== 0).sort((a, b) => b.decayedTo - a.decayedTo),
    gained: sum(explanation.rules.filter((row) => row.at > since).map(({ points }) => points)),
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0)

const partOf = (rows: readonly ExplainedPoints[], rules: Rules, reader: Reader): ScorePart => {
  const rule = rows[0]?.rule ?? ''
  const at = rows.reduce((latest, row) => (row.at > latest ? row.at : latest), '')
  const { fit, engagement } = rules.playbook.scoring
  const { label } = [...fit, ...engagement].find(({ id }) => id === rule) ?? {}
  return {
    rule,
    label: label ? localize(label, reader.language) : rule.replaceAll(/[-_]/g, ' '),
    points: sum(rows.map(({ points }) => points)),
    decayedTo: sum(rows.map(({ decayedTo }) => decayedTo)),
    at,
    when: readableDay(reader.language, at, reader.timeZone),
  }
}

/** As known today: what was taken back since stays so. */
const upTo = (facts: readonly Fact[], { at, factId }: Qualification): readonly Fact[] =>
  facts.filter((fact) => compareFacts(fact, { ...fact, occurredAt: at, id: factId }) <= 0 || reshapes(fact))
