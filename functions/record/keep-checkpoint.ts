import type { Fact } from '../../domain/activity/activity.ts'
import { extendLead, foldLead } from '../../domain/lead/fold.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { reshapes } from '../../domain/lead/left-out.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import type { Checkpoints } from '../lead-ports.ts'
import type { CheckpointRef } from '../ports.ts'
import type { Folded } from './fold-facts.ts'

/** Facts between two checkpoints: a late fact reads at most about twice as many. */
export const factsBetweenCheckpoints = 128

interface Kept {
  readonly checkpoints: readonly CheckpointRef[]
  readonly sinceCheckpoint: number
}

/**
 * The state right after some facts: what fades later is not in it, so that facts of long ago can still be added. None
 * while a hit is held back: it would come before the checkpoint once it is counted.
 */
const stateAfter = (
  base: LeadState | undefined,
  facts: readonly Fact[],
  rules: Rules,
): LeadState | undefined => {
  const at = facts.at(-1)?.occurredAt
  if (at === undefined) return undefined
  const state = base ? extendLead(base, facts, rules, at) : foldLead(facts, rules, at)
  return state?.heldUntil === undefined ? state : undefined
}

/** Where many facts were read, the place some way before their end: the next late one need not read as many. Not before a fact that changes what came before it. */
const placeBeforeEnd = (facts: readonly Fact[]): number =>
  facts.length < 2 * factsBetweenCheckpoints
    ? 0
    : Math.max(facts.length - factsBetweenCheckpoints, facts.findLastIndex(reshapes) + 1)

/**
 * Keeps the state from time to time, in the one of two slots that does not hold the latest checkpoint. The slot is written
 * before the lead: whoever loses the race for the lead leaves a state there that no ref names.
 */
export const makeKeepCheckpoint = ({ keep }: Pick<Checkpoints, 'keep'>) => {
  const add = async (leadId: LeadId, refs: readonly CheckpointRef[], state: LeadState) => {
    const latest = refs.at(-1)
    const ref = await keep(leadId, latest?.slot === 0 ? 1 : 0, state)
    return latest ? [latest, ref] : [ref]
  }

  return async (leadId: LeadId, folded: Folded, rules: Rules): Promise<Kept> => {
    const { base, facts } = folded
    let { checkpoints, sinceCheckpoint } = folded
    const place = placeBeforeEnd(facts)
    const before = place > 0 ? stateAfter(base, facts.slice(0, place), rules) : undefined
    if (before) {
      checkpoints = await add(leadId, checkpoints, before)
      sinceCheckpoint = facts.length - place
    }
    const after = sinceCheckpoint < factsBetweenCheckpoints ? undefined : stateAfter(base, facts, rules)
    return after
      ? { checkpoints: await add(leadId, checkpoints, after), sinceCheckpoint: 0 }
      : { checkpoints, sinceCheckpoint }
  }
}
