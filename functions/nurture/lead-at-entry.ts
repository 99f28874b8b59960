import { compareFacts, type Fact } from '../../domain/activity/activity.ts'
import { draftOf, foldLead } from '../../domain/lead/fold.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { reshapes } from '../../domain/lead/left-out.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import type { Reached } from '../../domain/sequence/enter-sequence.ts'
import { recycleOf, standingEntry, triggerOf } from '../../domain/sequence/standing-entry.ts'
import type { Lead, Leads } from '../ports.ts'

type Place = Reached['fact']

/** A lead at the moment at which it is let into a sequence. */
export interface LeadAtEntry {
  /** With the fact that caused it by what is known today. */
  readonly reached: Reached
  readonly lead: { readonly email?: string; readonly state: LeadState }
  /** As it stands by now. */
  readonly standing: LeadState
  /** Those merged into it. */
  readonly members: readonly LeadId[]
}

/**
 * The lead as it was once the fact was taken that the sequence begins with. Where somebody's history was joined to it, that
 * is when its address was known, if later: nobody could be written to before. Where another sequence led here: as it is.
 * @returns undefined for a lead that has been erased or merged into another, and for what no longer stands.
 */
export const leadAtEntry = async (
  leads: Pick<Leads, 'load' | 'facts'>,
  told: Reached,
  rules: Rules,
): Promise<LeadAtEntry | undefined> => {
  const lead = await leads.load(told.leadId)
  if (!lead?.state || lead.mergedInto !== undefined) return undefined
  const known = { ...lead, state: lead.state }
  const { members = [] } = lead
  const opened = await openedBy(leads, told, known, rules)
  if (opened === undefined) return undefined
  const email = lead.email === undefined ? {} : { email: lead.email }
  const isLatest = opened === 'now' || (members.length === 0 && known.state.last.id === opened.id)
  if (isLatest) {
    const fact = opened === 'now' ? told.fact : opened
    const { state } = known
    const again = recycleOf(told.leadId, told.decisionId, state) ? ({ again: true } as const) : {}
    return { reached: { ...told, fact, ...again }, lead: { ...email, state }, standing: state, members }
  }
  const facts = await leads.facts(told.leadId)
  const addressed = members.length === 0 ? undefined : firstAddressed(facts)
  const fact = addressed && isAfter(addressed, opened) ? pick(addressed) : opened
  const state = foldLead(upTo(facts, fact), rules, fact.occurredAt)
  return state && { reached: { ...told, fact }, lead: { ...email, state }, standing: known.state, members }
}

/** The fact that the entry rests on; `now` where none does; undefined where it no longer stands. */
const openedBy = async (
  leads: Pick<Leads, 'facts'>,
  told: Reached,
  { state }: Lead & { readonly state: LeadState },
  rules: Rules,
): Promise<Place | 'now' | undefined> => {
  const trigger = triggerOf(told.leadId, told.decisionId)
  if (trigger) {
    const stands =
      state.triggers?.[trigger.key]?.factId === trigger.factId ||
      triggerStands(await leads.facts(told.leadId), trigger, rules)
    return stands ? told.fact : undefined
  }
  if (recycleOf(told.leadId, told.decisionId, state) === 'none') return undefined
  const entry = standingEntry(told.leadId, told.decisionId, state)
  if (entry === 'other') return 'now'
  return entry === undefined || entry.implied ? undefined : { id: entry.factId, occurredAt: entry.at }
}

/** Whether a trigger that others have followed stands in the log: its fact counts, and was what brought it about. */
export const triggerStands = (
  facts: readonly Fact[],
  { key, factId }: { readonly key: string; readonly factId: string },
  rules: Rules,
): boolean => {
  const fact = facts.find(({ id }) => id === factId)
  if (!fact) return false
  const leftOut = new Set<string>()
  draftOf(facts, rules, undefined, { leftOut: ({ id }) => leftOut.add(id) })
  return !leftOut.has(factId) && foldLead(upTo(facts, fact), rules)?.triggers?.[key]?.factId === factId
}

/** What the log held when `place` was taken, as known today. */
const upTo = (facts: readonly Fact[], place: Place): readonly Fact[] =>
  facts.filter((one) => !isAfter(one, place) || reshapes(one))

/** What gave the lead its address: its own where it had one, else that of a lead merged into it. */
const firstAddressed = (facts: readonly Fact[]): Fact | undefined => {
  const addressed = facts.filter(({ email }) => email !== undefined)
  return addressed.find(({ member }) => member === undefined) ?? addressed[0]
}

const pick = ({ id, occurredAt }: Fact): Place => ({ id, occurredAt })

const isAfter = (fact: Fact, at: Place): boolean => compareFacts(fact, { ...fact, ...at }) > 0
