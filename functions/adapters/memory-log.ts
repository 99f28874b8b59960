import { compareFacts, type Fact } from '../../domain/activity/activity.ts'
import { membersOf } from '../../domain/lead/family.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { AppendedFact, Leads, LogPlace } from '../ports.ts'

export interface MemoryLog
  extends Pick<Leads, 'append' | 'firstTime' | 'facts' | 'factsOf' | 'factsWithin' | 'history' | 'tail'> {
  /** The lead's own log, in order. */
  log(leadId: LeadId): readonly Fact[]
}

const isAfter = (fact: Fact, place: LogPlace): boolean => compareFacts(fact, { ...fact, ...place }) > 0

/** Logs as the table keeps them: each id once: what came first, at the earliest time that was given. */
export const memoryLog = (membersKept: (leadId: LeadId) => readonly LeadId[]): MemoryLog => {
  const logs = new Map<LeadId, Map<string, Fact>>()
  const log = (leadId: LeadId): readonly Fact[] =>
    structuredClone([...(logs.get(leadId)?.values() ?? [])].sort(compareFacts))

  const history = (
    leadId: LeadId,
  ): { readonly facts: readonly Fact[]; readonly members: readonly LeadId[] } => {
    const facts = [...log(leadId)]
    const members: LeadId[] = []
    const open = [...membersOf(facts).members]
    for (let member = open.shift(); member !== undefined; member = open.shift()) {
      if (member === leadId || members.includes(member)) continue
      members.push(member)
      const own = log(member)
      open.push(...membersOf(own).members)
      facts.push(...own.map((fact) => ({ ...fact, member })))
    }
    return { facts: facts.sort(compareFacts), members }
  }

  const withMembers = (leadId: LeadId, members: readonly LeadId[]): readonly Fact[] =>
    [...log(leadId), ...members.flatMap((member) => log(member).map((fact) => ({ ...fact, member })))].sort(
      compareFacts,
    )

  const take = (stored: Map<string, Fact>, given: Fact, timeAssumed: boolean): AppendedFact => {
    const known = stored.get(given.id)
    if (!known) {
      stored.set(given.id, structuredClone(given))
      return given
    }
    const isEarlier = !timeAssumed && given.occurredAt < known.occurredAt
    const settled = isEarlier ? { ...known, occurredAt: given.occurredAt } : known
    stored.set(given.id, settled)
    return { ...structuredClone(settled), known: known.occurredAt }
  }

  return {
    log,
    append: async (leadId, facts) => {
      const stored = logs.get(leadId) ?? new Map<string, Fact>()
      logs.set(leadId, stored)
      return facts.map(({ timeAssumed = false, ...given }) => take(stored, given, timeAssumed))
    },
    firstTime: async (leadId, factId) => logs.get(leadId)?.get(factId)?.occurredAt,
    history: async (leadId) => history(leadId),
    facts: async (leadId, upTo) =>
      upTo === undefined
        ? history(leadId).facts
        : withMembers(leadId, membersKept(leadId)).filter((fact) => !isAfter(fact, upTo)),
    factsWithin: async (leadId, most) => {
      const { facts } = history(leadId)
      return facts.length > most ? undefined : facts
    },
    factsOf: async (leadId, members, types) =>
      withMembers(leadId, members).filter(({ type }) => types.includes(type)),
    tail: async (leadId, after, members) =>
      withMembers(leadId, members).filter((fact) => isAfter(fact, after)),
  }
}
