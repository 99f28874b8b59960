import { compareFacts, type Fact } from '../../domain/activity/activity.ts'
import { extendLead, foldLead } from '../../domain/lead/fold.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { reshapes } from '../../domain/lead/left-out.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import type { Checkpoints } from '../lead-ports.ts'
import type { CheckpointRef, Lead, Leads } from '../ports.ts'

/** What a lead's log comes to, and how much of it was read. */
export interface Folded extends Required<Pick<Lead, 'checkpoints' | 'sinceCheckpoint' | 'members'>> {
  readonly state: LeadState
  /** What it was made of: the facts that came after `base`. */
  readonly base: LeadState | undefined
  readonly facts: readonly Fact[]
  /** The whole log, if that was read. */
  readonly history?: readonly Fact[]
}

export interface Folding {
  readonly lead: Lead
  /** New ones, and perhaps known ones among them. None: time has passed. */
  readonly facts: readonly Fact[]
  /** The log itself has changed in a way that no part of it tells. */
  readonly whole: boolean
  readonly rules: Rules
  readonly now: string
}

export interface FoldFactsPorts {
  readonly leads: Pick<Leads, 'history' | 'tail'>
  readonly checkpoints: Pick<Checkpoints, 'load'>
}

const isBefore = ({ last }: CheckpointRef, fact: Fact | undefined): boolean =>
  fact === undefined || compareFacts({ ...fact, ...last }, fact) < 0

/**
 * Brings a lead's state up to its log: by the new facts alone where they come after all others, else from the latest
 * checkpoint before them, else from the whole log.
 * @returns undefined for an empty log.
 */
export const makeFoldFacts = ({ leads, checkpoints }: FoldFactsPorts) => {
  const fromWholeLog = async (
    leadId: LeadId,
    { rules, now }: Pick<Folding, 'rules' | 'now'>,
  ): Promise<Folded | undefined> => {
    const { facts, members } = await leads.history(leadId)
    const state = foldLead(facts, rules, now)
    const read = { base: undefined, facts, history: facts, members }
    return state && { ...read, state, checkpoints: [], sinceCheckpoint: facts.length }
  }

  const fromCheckpoint = async (
    { lead, rules, now }: Folding,
    earliest: Fact | undefined,
  ): Promise<Folded | undefined> => {
    const { leadId, members = [] } = lead
    const refs = (lead.checkpoints ?? []).filter((ref) => isBefore(ref, earliest))
    for (let count = refs.length; count > 0; count -= 1) {
      const ref = refs[count - 1]
      const base = ref && (await checkpoints.load(leadId, ref))
      if (!ref || base?.rules !== rules.playbook.rulesVersion) continue
      const facts = await leads.tail(leadId, ref.last, members)
      const state = extendLead(base, facts, rules, now)
      const read = { base, facts, members, sinceCheckpoint: facts.length }
      if (state) return { ...read, state, checkpoints: refs.slice(0, count) }
    }
    return undefined
  }

  return async (folding: Folding): Promise<Folded | undefined> => {
    const { lead, facts, whole, rules, now } = folding
    const { leadId, state: base, checkpoints: refs = [], sinceCheckpoint = 0, members = [] } = lead
    const isBegun = base !== undefined || lead.version === 0
    if (whole || !isBegun || facts.some(reshapes)) return fromWholeLog(leadId, folding)
    const fresh = facts.filter(({ id }) => !base?.recentIds.includes(id)).toSorted(compareFacts)
    const extended = base || fresh.length > 0 ? extendLead(base, fresh, rules, now) : undefined
    if (extended)
      return {
        state: extended,
        base,
        facts: fresh,
        checkpoints: refs,
        sinceCheckpoint: sinceCheckpoint + fresh.length,
        members,
      }
    return (await fromCheckpoint(folding, fresh[0])) ?? fromWholeLog(leadId, folding)
  }
}
