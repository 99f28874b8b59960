import { compareFacts, type Fact } from '../../domain/activity/activity.ts'
import { foldLead } from '../../domain/lead/fold.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { reshapes } from '../../domain/lead/left-out.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import type { StageReached } from '../../domain/sequence/enter-sequence.ts'
import { standingEntry } from '../../domain/sequence/standing-entry.ts'
import type { Leads } from '../ports.ts'

/** A lead at the moment at which it is let into a sequence. */
export interface LeadAtEntry {
  /** With the fact that opened the stage by what is known today. */
  readonly reached: StageReached
  readonly lead: { readonly email?: string; readonly state: LeadState }
  /** Those merged into it. */
  readonly members: readonly LeadId[]
}

/**
 * The lead as it was once the fact was taken that opened the stage. Where somebody's history was joined to it, that is
 * when its address was known, if later: nobody could be written to before.
 * @returns undefined for a lead that has been erased or merged into another, and for a stage that no longer stands.
 */
export const leadAtEntry = async (
  leads: Pick<Leads, 'load' | 'facts'>,
  told: StageReached,
  rules: Rules,
): Promise<LeadAtEntry | undefined> => {
  const lead = await leads.load(told.leadId)
  if (!lead?.state || lead.mergedInto !== undefined) return undefined
  const entry = standingEntry(told.leadId, told.decisionId, lead.state)
  if (entry === undefined || entry === 'other' || entry.implied) return undefined
  const email = lead.email === undefined ? {} : { email: lead.email }
  const opened = { id: entry.factId, occurredAt: entry.at }
  const { members = [] } = lead
  if (members.length === 0 && lead.state.last.id === opened.id)
    return { reached: { ...told, fact: opened }, lead: { ...email, state: lead.state }, members }
  const facts = await leads.facts(told.leadId)
  const addressed = members.length === 0 ? undefined : firstAddressed(facts)
  const fact = addressed && isAfter(addressed, opened) ? pick(addressed) : opened
  const state = foldLead(
    facts.filter((one) => !isAfter(one, fact) || reshapes(one)),
    rules,
    fact.occurredAt,
  )
  return state && { reached: { ...told, fact }, lead: { ...email, state }, members }
}

/** What gave the lead its address: its own where it had one, else that of a lead merged into it. */
const firstAddressed = (facts: readonly Fact[]): Fact | undefined => {
  const addressed = facts.filter(({ email }) => email !== undefined)
  return addressed.find(({ member }) => member === undefined) ?? addressed[0]
}

const pick = ({ id, occurredAt }: Fact): StageReached['fact'] => ({ id, occurredAt })

const isAfter = (fact: Fact, at: StageReached['fact']): boolean => compareFacts(fact, { ...fact, ...at }) > 0
