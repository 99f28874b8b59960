import { type Cause, type Decided, type Decision, decision } from '../model/decision.ts'
import { tellsOneOf } from './attributes.ts'
import type { SalesDraft } from './sales.ts'
import { type DraftOf, type Moment, optionalMap, type StateOf, type Step, transient } from './slice.ts'

/** `held`: the condition was true after the last fact; it only triggers again after having been false. */
interface Trigger extends Cause {
  readonly held?: true
}

const fields = {
  /** By `triggerKey`: the last fact that sequences may begin with or wait for. */
  triggers: optionalMap<Trigger>(),
  /** Sequences whose condition held after the last fact and still holds right before the current one: points may have decayed since. */
  holding: transient<ReadonlySet<string>>(new Set()),
}

type Draft = DraftOf<typeof fields>

/** A trigger's name: an activity type, or the sequence whose condition became true. */
const triggerKey = {
  activity: (type: string): string => `activity:${type}`,
  when: (sequence: string): string => `when@${sequence}`,
}

/** Activity type of a fact that only corrects a date that sequences wait for. */
export const dateCorrected = 'date.corrected'

const pass = (draft: Draft, { now, rules: { entries }, view }: Moment): boolean => {
  const held = entries.filter(({ sequence }) => draft.triggers.get(triggerKey.when(sequence))?.held)
  if (held.length > 0) view.moveTo(now)
  draft.holding = new Set(
    held.filter(({ condition }) => condition.test(view)).map(({ sequence }) => sequence),
  )
  return false
}

/**
 * Stores the last fact of each type that sequences follow, or that set a date they wait for, and for each condition the last
 * fact that made it true. Repeated ends of closed deals are ignored; a date that they correct is not.
 */
const apply = (draft: Draft & Pick<SalesDraft, 'isOldNews'>, { fact, view, rules }: Step): void => {
  const { followedTypes, dateAttributes, entries } = rules
  const { holding, isOldNews } = draft
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

const told = (lead: Decided, key: string, { factId, at }: Trigger): Decision => {
  const cause = { at, factId }
  const name = key.slice(key.search(/[:@]/) + 1)
  const data = { because: { activityId: factId }, factOccurredAt: at }
  return key.startsWith('activity:')
    ? decision(lead, 'ActivityRecorded', `${key}:${factId}`, cause, { activity: name, ...data })
    : decision(lead, 'SequenceTriggered', `${key}:${factId}`, cause, { sequence: name, ...data })
}

/** What sequences begin with or wait for. */
const decisions = (lead: Decided, { triggers = {} }: StateOf<typeof fields>): readonly Decision[] =>
  Object.entries(triggers).map(([key, trigger]) => told(lead, key, trigger))

/** What sequences begin with or wait for. */
export const triggerSlice = { fields, pass, apply, decisions }
