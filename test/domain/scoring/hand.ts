import { expect } from 'vitest'
import { type Explanation, explain } from '../../../domain/lead/explain.ts'
import { foldLead } from '../../../domain/lead/fold.ts'
import { type Score, scoreAt } from '../../../domain/lead/lead-view.ts'
import type { Fact } from '../../../domain/model/activity.ts'
import type { ScoringRules } from '../../../domain/model/scoring-rules.ts'
import { compileRules, type Rules } from '../../../domain/rules/rules.ts'
import { fact, stored } from '../support/facts.ts'
import { makePlaybook, scoring } from '../support/make-playbook.ts'

/** Rules of scoring alone: no fit and no engagement but what is given. */
export const rulesOf = (parts: Partial<ScoringRules>, timeZone = 'Europe/Berlin'): Rules => {
  const playbook = makePlaybook()
  return compileRules(
    makePlaybook({
      scoring: { ...scoring, fit: [], engagement: [], ...parts },
      settings: { ...playbook.settings, timeZone },
    }),
  )
}

/** Page views at the given moments, `v0`, `v1`, … */
export const views = (...moments: readonly string[]): readonly Fact[] =>
  moments.map((at, index) => fact(`v${index}`, 'page.viewed', at))

/** The score at `now` with its explanation, whose rows have to add up to it. */
export const look = (
  facts: readonly Fact[],
  rules: Rules,
  now: string,
): Score & { readonly explanation: Explanation } => {
  const score = scoreAt({ state: stored(foldLead(facts, rules)) }, rules, now)
  const explanation = explain(facts, rules, now)
  const sum = explanation.rules.reduce((total, { decayedTo }) => total + decayedTo, 0)
  expect(Math.abs(sum - score.score)).toBeLessThan(1e-9)
  return { ...score, explanation }
}

/** What each row of the explanation is worth, in its order. */
export const worths = ({ rules }: Explanation): readonly number[] => rules.map(({ decayedTo }) => decayedTo)
