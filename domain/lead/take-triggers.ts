import type { Fact } from '../activity/activity.ts'
import type { Rules } from '../playbook/rules.ts'
import type { Draft } from './draft.ts'
import type { LeadView } from './lead-view.ts'
import { tellsOneOf } from './take-attributes.ts'

/** Names what a sequence may begin with: an activity of some type, or its own condition. */
export const triggerKey = {
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
