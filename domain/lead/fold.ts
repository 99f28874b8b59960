import { compareFacts, type Fact } from '../activity/activity.ts'
import type { Rules } from '../playbook/rules.ts'
import type { AwardListener } from '../scoring/take-engagement.ts'
import { closeDraft, type Draft, emptyDraft, openDraft } from './draft.ts'
import type { LeadState } from './lead-state.ts'
import { factTaker } from './take-fact.ts'

/** In `(occurredAt, id)` order, each id once (its earliest). */
const inOrder = (facts: readonly Fact[]): readonly Fact[] => {
  const ids = new Set<string>()
  return facts.toSorted(compareFacts).filter(({ id }) => ids.size < ids.add(id).size)
}

/** The draft after the whole log; undefined when the log is empty. */
export const draftOf = (facts: readonly Fact[], rules: Rules, onAward?: AwardListener): Draft | undefined => {
  if (facts.length === 0) return undefined
  const draft = emptyDraft()
  const take = factTaker(draft, rules, onAward)
  for (const fact of inOrder(facts)) take(fact)
  return draft
}

/**
 * What a lead's log comes to. Order and repeats do not matter: the facts are taken by `(occurredAt, id)`, each id once.
 * @returns undefined for an empty log.
 */
export const foldLead = (facts: readonly Fact[], rules: Rules): LeadState | undefined => {
  const draft = draftOf(facts, rules)
  return draft && closeDraft(draft, rules)
}

/**
 * The state after further facts: the same, to the bit, as folding the whole log.
 * @returns `state` itself when every fact was known; undefined when one is not and belongs before the last one taken, or
 * when the rules are no longer those of `state`: the caller then folds the log anew.
 */
export const extendLead = (
  state: LeadState | undefined,
  facts: readonly Fact[],
  rules: Rules,
): LeadState | undefined => {
  if (!state) return foldLead(facts, rules)
  if (state.rules !== rules.playbook.rulesVersion) return undefined
  const fresh = inOrder(facts).filter(({ id }) => !state.recentIds.includes(id))
  const [first] = fresh
  if (!first) return state
  const { last } = state
  if (first.occurredAt < last.occurredAt || (first.occurredAt === last.occurredAt && first.id < last.id)) {
    return undefined
  }
  const draft = openDraft(state, rules)
  const take = factTaker(draft, rules)
  for (const fact of fresh) take(fact)
  return closeDraft(draft, rules)
}
