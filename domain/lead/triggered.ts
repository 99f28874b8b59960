import { type Decided, type Decision, decision } from './decision.ts'
import type { LeadState, Trigger } from './lead-state.ts'

const told = (lead: Decided, key: string, { factId, at }: Trigger): Decision => {
  const cause = { at, factId }
  const name = key.slice(key.search(/[:@]/) + 1)
  const data = { because: { activityId: factId }, factOccurredAt: at }
  return key.startsWith('activity:')
    ? decision(lead, 'ActivityRecorded', `${key}:${factId}`, cause, { activity: name, ...data })
    : decision(lead, 'SequenceTriggered', `${key}:${factId}`, cause, { sequence: name, ...data })
}

/** What sequences begin with or wait for. */
export const triggered = (lead: Decided, { triggers = {} }: LeadState): readonly Decision[] =>
  Object.entries(triggers).map(([key, trigger]) => told(lead, key, trigger))
