import type { Fact } from '../activity/activity.ts'
import type { StageId } from '../funnel/funnel-rules.ts'
import { foldLead } from '../lead/fold.ts'
import type { LeadId } from '../lead/lead-id.ts'
import type { Rules } from '../playbook/rules.ts'
import { scoreAt } from '../scoring/score.ts'
import { type Outcome, outcomeOf } from './outcome.ts'

/** A lead under one set of rules. */
export interface Standing {
  readonly score: number
  readonly band: string
  readonly grade: string
  readonly stage: StageId
  /** When it qualified in each of its cycles, oldest first; empty where it never did. */
  readonly qualifiedAt: readonly string[]
}

/** What a draft would have made of a lead. */
export interface LeadReplay {
  readonly leadId: LeadId
  readonly live: Standing
  readonly draft: Standing
  /** Absent where sales has not judged the lead. */
  readonly outcome?: Outcome
}

const isAnswer = ({ type, properties }: Fact): boolean =>
  type === 'handoff.rejected' && properties.handoffId !== undefined

/**
 * The log as it would read if nobody knew which handoff a rejection answers. The handoffs in the log are those of the
 * rules of their day. Had others been live, sales would have said no to the handoff that those had made by then: so a
 * rejection goes to whatever handoff a replay has open at that moment, and where it has none, it says nothing.
 */
const withoutHandoffs = (facts: readonly Fact[]): readonly Fact[] =>
  facts.some(isAnswer)
    ? facts.map((fact) => {
        if (!isAnswer(fact)) return fact
        const { handoffId, ...properties } = fact.properties
        return { ...fact, properties }
      })
    : facts

export interface ReplayedLead {
  readonly leadId: LeadId
  readonly email?: string
  /** The whole log, those of merged leads included. */
  readonly facts: readonly Fact[]
}

const standingUnder = (lead: ReplayedLead, rules: Rules, now: string): Standing | undefined => {
  const state = foldLead(lead.facts, rules, now)
  if (!state) return undefined
  const asked = withoutHandoffs(lead.facts)
  const replayed = asked === lead.facts ? state : foldLead(asked, rules, now)
  const { score, band, grade } = scoreAt({ ...lead, state }, rules, now)
  return {
    score,
    band,
    grade,
    stage: state.stage.stage,
    qualifiedAt: replayed?.qualifications.map(({ at }) => at) ?? [],
  }
}

/**
 * Folds a lead's log under the live rules and under a draft. Score, band, grade and stage are those at `now` (RFC 3339
 * UTC), as the lead's page shows them before the draft is published and after. The moments of qualifying are those at
 * which handoffs would have been made had these rules always been live.
 * @returns undefined for an empty log.
 */
export const replayLead = (
  lead: ReplayedLead,
  live: Rules,
  draft: Rules,
  now: string,
): LeadReplay | undefined => {
  const [before, after] = [standingUnder(lead, live, now), standingUnder(lead, draft, now)]
  const outcome = outcomeOf(lead.facts)
  return before && after && { leadId: lead.leadId, live: before, draft: after, ...(outcome && { outcome }) }
}
