import { type Decided, type Decision, decision } from './decision.ts'
import type { LeadState, Recycle } from './lead-state.ts'

/** What the id of the entry that a recycle asks for says after the lead's: `recycled:2:enter`. */
const entryKey = (cycle: number): string => `recycled:${cycle}:enter`

/** @param key of a decision. @returns the cycle whose recycle asks for the entry; undefined for any other decision. */
export const recycleEntered = (key: string): number | undefined => {
  const [, cycle] = /^recycled:(\d+):enter$/.exec(key) ?? []
  return cycle === undefined ? undefined : Number(cycle)
}

const recycled = (lead: Decided, state: LeadState, recycle: Recycle): readonly Decision[] => {
  const { cycle, factId, reason, lost, pausedUntil, sequence, at } = recycle
  const entry = state.stages.find((one) => one.cycle === cycle && one.factId === factId)
  const told = decision(lead, 'LeadRecycled', `recycled:${cycle}`, recycle, {
    reason,
    because: lost ? 'lost' : 'rejected',
    cycle,
    from: entry?.from ?? null,
    to: entry?.stage ?? null,
    pausedUntil: pausedUntil ?? null,
    sequence: sequence ?? null,
  })
  if (sequence === undefined) return [told]
  const because = { activityId: factId }
  const data = { sequence, because, factOccurredAt: at, cycle }
  return [told, decision(lead, 'SequenceTriggered', entryKey(cycle), recycle, data)]
}

const closed = (lead: Decided, { paused, cycle }: LeadState): readonly Decision[] =>
  paused === undefined || paused.until !== undefined
    ? []
    : [decision(lead, 'LeadClosed', `closed:${paused.factId}`, paused, { reason: paused.reason, cycle })]

/** What follows from a lead that sales gave back: a new cycle and a sequence for it, or the end. */
export const givenBack = (lead: Decided, state: LeadState): readonly Decision[] => [
  ...state.recycles.flatMap((recycle) => recycled(lead, state, recycle)),
  ...closed(lead, state),
]
