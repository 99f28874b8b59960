import { type DirectoryEntry, entriesOf, isBegunBy, isFoundBy } from '../../domain/lead/directory.ts'
import { isJoin, membersOf } from '../../domain/lead/log.ts'
import { compareFacts, type Fact, type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import { hashText } from '../../domain/model/hash-text.ts'
import {
  type AppendedFact,
  type Checkpoints,
  Conflict,
  type Lead,
  type LeadDirectory,
  type LeadList,
  type LeadPage,
  type LeadPlace,
  type Leads,
  type LogPlace,
  type MergeClaims,
  type Order,
  type Reviews,
  type Search,
} from '../ports.ts'
import type { AcceptedHandoff, AccountOwners } from '../webhook-ports.ts'
import { listRank } from './dynamo-lead-items.ts'

interface MemoryLog
  extends Pick<Leads, 'append' | 'firstTime' | 'facts' | 'factsOf' | 'factsWithin' | 'history' | 'tail'> {
  /** The lead's own log, in order. */
  log(leadId: LeadId): readonly Fact[]
}

const isAfter = (fact: Fact, place: LogPlace): boolean => compareFacts(fact, { ...fact, ...place }) > 0

/** Logs as the table keeps them: each id once: what came first, at the earliest time that was given. */
const memoryLog = (membersKept: (leadId: LeadId) => readonly LeadId[]): MemoryLog => {
  const logs = new Map<LeadId, Map<string, Fact>>()
  /** When what has moved to an earlier time stood first. */
  const written = new Map<string, string>()
  const log = (leadId: LeadId): readonly Fact[] =>
    structuredClone([...(logs.get(leadId)?.values() ?? [])].sort(compareFacts))

  const writtenAt = (leadId: LeadId, factId: string): string | undefined =>
    written.get(`${leadId} ${factId}`) ?? logs.get(leadId)?.get(factId)?.occurredAt

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

  const take = (leadId: LeadId, given: Fact, timeAssumed: boolean): AppendedFact => {
    const stored = logs.get(leadId) ?? new Map<string, Fact>()
    logs.set(leadId, stored)
    const known = stored.get(given.id)
    if (!known) {
      stored.set(given.id, structuredClone(given))
      return given
    }
    const isEarlier = !timeAssumed && given.occurredAt < known.occurredAt
    const settled = isEarlier ? { ...known, occurredAt: given.occurredAt } : known
    const first = writtenAt(leadId, given.id) ?? known.occurredAt
    if (isEarlier) written.set(`${leadId} ${given.id}`, first)
    stored.set(given.id, settled)
    return { ...structuredClone(settled), known: first }
  }

  return {
    log,
    append: async (leadId, facts) =>
      facts.map(({ timeAssumed = false, isUnknown: _, ...given }) => take(leadId, given, timeAssumed)),
    firstTime: async (leadId, factId) => writtenAt(leadId, factId),
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

interface MemoryLeads extends Leads, MemoryLog {
  readonly items: ReadonlyMap<LeadId, Lead>
  /** Of those that stand in lists. */
  readonly ranks: ReadonlyMap<LeadId, string>
  readonly claims: MergeClaims
  readonly checkpoints: Checkpoints
}

const idOf = (number: number): LeadId => {
  const id = parseLeadId(`lead-${String(number).padStart(4, '0')}`)
  if (id === undefined) throw new Error('not a lead id')
  return id
}

const copy = <Value>(value: Value): Value => structuredClone(value)

type Items = Map<LeadId, Lead>
type Ranks = Map<LeadId, string>

/** @returns an empty one where nothing is stored. */
const seenIn = (items: Items, { leadId, version }: Pick<Lead, 'leadId' | 'version'>): Lead => {
  const stored = items.get(leadId) ?? { leadId, version: 0, outbox: [] }
  if (stored.version !== version) throw new Conflict(leadId)
  return stored
}

const mergeClaims = (items: Items, ranks: Ranks): MergeClaims => {
  const begun = (leadId: LeadId, factId: string): Lead | undefined => {
    const lead = items.get(leadId)
    return lead?.merge?.fact.id === factId ? lead : undefined
  }
  return {
    begin: async (lead, into, fact, left = []) => {
      const { joinedBy: _joinedBy, lacked: _lacked, ...stored } = seenIn(items, lead)
      const merge = copy({ fact, confirmed: false, ...(left.length > 0 && { left }) })
      const joined = isJoin(fact) && { joinedBy: copy(fact) }
      items.set(lead.leadId, { ...stored, version: lead.version + 1, mergedInto: into, merge, ...joined })
      ranks.delete(lead.leadId)
    },
    confirm: async (leadId, factId) => {
      const lead = begun(leadId, factId)
      if (!lead?.merge) throw new Conflict(leadId)
      if (lead.merge.confirmed) return
      items.set(leadId, { ...lead, version: lead.version + 1, merge: { ...lead.merge, confirmed: true } })
    },
    settle: async (leadId, factId) => {
      const lead = begun(leadId, factId)
      if (!lead) return
      const { merge: _merge, ...settled } = lead
      items.set(leadId, settled)
    },
    release: async (lead) => {
      const stored = seenIn(items, lead)
      const { merge: _merge, mergedInto: _into, joinedBy: _joinedBy, ...released } = stored
      items.set(lead.leadId, { ...released, version: lead.version + 1, unlisted: true })
    },
  }
}

const memoryCheckpoints = (): Checkpoints => {
  const slots = new Map<string, string>()
  return {
    keep: async (leadId, slot, state) => {
      const text = JSON.stringify(state)
      slots.set(`${leadId} ${slot}`, text)
      return { slot, digest: text, last: state.last }
    },
    load: async (leadId, { slot, digest }) => {
      const text = slots.get(`${leadId} ${slot}`)
      return text !== undefined && text === digest ? JSON.parse(text) : undefined
    },
  }
}

/**
 * Leads as the table keeps them: what is stored is JSON, and a version guards each commit.
 * @param newLeadId `lead-0001`, `lead-0002`, … unless it says otherwise.
 */
export const memoryLeads = (newLeadId: (number: number) => LeadId = idOf): MemoryLeads => {
  const items: Items = new Map()
  const ranks: Ranks = new Map()
  const pointers = new Map<string, { readonly leadId: LeadId }>()
  const memory = memoryLog((leadId) => items.get(leadId)?.members ?? [])
  return {
    ...memory,
    items,
    ranks,
    claims: mergeClaims(items, ranks),
    checkpoints: memoryCheckpoints(),
    identify: async (subject) => {
      if ('leadId' in subject) return items.get(subject.leadId)
      const name = JSON.stringify(subject)
      const known = pointers.get(name)
      const pointer = known ?? { leadId: newLeadId(pointers.size + 1) }
      pointers.set(name, pointer)
      const found = known ?? ({ ...pointer, isNew: true } as const)
      return 'email' in subject ? { ...found, email: subject.email } : found
    },
    find: async (subject) => {
      if ('leadId' in subject) return items.get(subject.leadId)
      const pointer = pointers.get(JSON.stringify(subject))
      return pointer && 'email' in subject ? { ...pointer, email: subject.email } : pointer
    },
    guess: (subject) =>
      'leadId' in subject ? subject.leadId : pointers.get(JSON.stringify(subject))?.leadId,
    load: async (leadId) => copy(items.get(leadId)),
    commit: async (lead, rank) => {
      seenIn(items, lead)
      const current = { ...lead, version: lead.version + 1 }
      items.set(lead.leadId, copy(current))
      if (lead.mergedInto === undefined) ranks.set(lead.leadId, listRank(rank, lead.leadId))
      else ranks.delete(lead.leadId)
      return current
    },
    noteLack: async ({ leadId, version, lacked }) => {
      const { lacked: _lacked, ...noted } = items.get(leadId) ?? { leadId, version: 0, outbox: [] }
      if (noted.version !== version) return false
      if (lacked === false) items.set(leadId, { ...noted, version: version + 1 })
      return true
    },
    clearOutbox: async (leadId, version) => {
      const lead = items.get(leadId)
      if (lead?.version !== version) return
      const { owedWakes: _owedWakes, ...settled } = lead
      items.set(leadId, { ...settled, outbox: [] })
    },
  }
}

interface MemoryReviews extends Reviews {
  /** The day that is set for each lead. */
  readonly days: ReadonlyMap<LeadId, string>
}

export const memoryReviews = (): MemoryReviews => {
  const days = new Map<LeadId, string>()
  return {
    days,
    begin: async (leadId, day) => {
      if (!days.has(leadId)) days.set(leadId, day)
    },
    due: async ({ day, limit, cursor = '' }) => {
      const rows = [...days]
        .filter(([, at]) => at <= day)
        .map(([leadId, at]) => ({ leadId, rank: `${at}#${leadId}` }))
        .filter(({ rank }) => rank > cursor)
        .toSorted((a, b) => (a.rank < b.rank ? -1 : 1))
      const shown = rows.slice(0, limit)
      const last = shown.at(-1)
      const leadIds = shown.map(({ leadId }) => leadId)
      return rows.length > limit && last ? { leadIds, next: last.rank } : { leadIds }
    },
    move: async (leadId, day) => {
      if (days.has(leadId)) days.set(leadId, day)
    },
    end: async (leadId) => {
      days.delete(leadId)
    },
  }
}

export const memoryAccounts = (): AccountOwners => {
  const accepted = new Map<string, readonly AcceptedHandoff[]>()
  const sorted = (account: string): readonly AcceptedHandoff[] =>
    (accepted.get(account) ?? []).toSorted((one, other) => (one.at < other.at ? -1 : 1))
  return {
    latest: async (account) => sorted(account).at(-1)?.owner,
    remember: async (account, handoff) => {
      const others = sorted(account).filter(({ handoffId }) => handoffId !== handoff.handoffId)
      accepted.set(account, [...others, handoff])
    },
  }
}

/** Lists of leads as the table keeps them, but never behind. @param lanes that leads are spread over by their ids. */
export const memoryLeadList = (
  { items, ranks }: Pick<MemoryLeads, 'items' | 'ranks'>,
  lanes = 1,
): LeadList => {
  const pageOf = (
    isShown: (lead: Lead) => boolean,
    { limit, cursor, order = 'descending' }: LeadPlace & { readonly order?: Order },
  ) => {
    const isFirst = (a: string, b: string): boolean => (order === 'ascending' ? a < b : a > b)
    const rest = [...ranks]
      .filter(([, rank]) => cursor === undefined || isFirst(cursor, rank))
      .sort(([, a], [, b]) => (isFirst(a, b) ? -1 : 1))
      .flatMap(([leadId, rank]) => {
        const lead = items.get(leadId)
        return lead && isShown(lead) ? [{ lead, rank }] : []
      })
    const shown = rest.slice(0, limit)
    const last = shown.at(-1)
    return {
      items: shown.map(({ lead }) => structuredClone(lead)),
      ...(rest.length > limit && last && { next: last.rank }),
    }
  }
  const isInLane =
    (lane: number) =>
    ({ leadId }: Pick<Lead, 'leadId'>): boolean =>
      hashText(leadId) % lanes === lane
  const isIn =
    (stage: string | undefined) =>
    ({ state }: Lead): boolean =>
      stage === undefined || state?.stage.stage === stage
  return {
    count: async ({ stage, most }) => {
      const people = [...ranks.keys()].flatMap((leadId) => items.get(leadId) ?? [])
      const count = people.filter((lead) => lead.email !== undefined && isIn(stage)(lead)).length
      return { count: Math.min(count, most), isAll: count <= most }
    },
    byAddress: async (email) => structuredClone([...items.values()].find((lead) => lead.email === email)),
    page: async ({ who, stage, ...place }) =>
      pageOf(
        (lead) => (who === 'all' || (who === 'browsers') === (lead.email === undefined)) && isIn(stage)(lead),
        place,
      ),
    lane: async (lane, place) => pageOf(isInLane(lane), place),
    countLane: async (lane) => [...items.values()].filter(isInLane(lane)).length,
    walk: async (lane, place) => pageOf((lead) => lead.email !== undefined && isInLane(lane)(lead), place),
  }
}

/** The same people by name and time, and by the words that they are found by. */
export const memoryDirectory = ({ items, ranks }: Pick<MemoryLeads, 'items' | 'ranks'>): LeadDirectory => {
  const pageOf = (
    isMeant: (entry: DirectoryEntry) => boolean,
    { limit, cursor, order }: LeadPlace & { readonly order: Order },
  ): LeadPage => {
    const isFirst = (a: string, b: string): boolean => (order === 'ascending' ? a < b : a > b)
    const rows = [...ranks.keys()].flatMap((leadId) => {
      const lead = items.get(leadId)
      if (!lead?.state || lead.mergedInto !== undefined || lead.email === undefined) return []
      const { email, state } = lead
      const due = entriesOf({ email, state }).filter(isMeant)
      return due.map(({ key }) => ({ lead, rank: `${key}#${leadId}` }))
    })
    const rest = rows
      .filter(({ rank }) => cursor === undefined || isFirst(cursor, rank))
      .toSorted((a, b) => (isFirst(a.rank, b.rank) ? -1 : 1))
    const shown = rest.slice(0, limit)
    const last = shown.at(-1)
    return {
      items: structuredClone([...new Set(shown.map(({ lead }) => lead))]),
      ...(rest.length > limit && last && { next: last.rank }),
    }
  }
  const findIn = ({ word, others, ...place }: LeadPlace & Search) =>
    pageOf(
      ({ by, key, words }) =>
        by === 'word' && isBegunBy(key, word) && (words === undefined || isFoundBy(words.split(' '), others)),
      { ...place, order: 'ascending' },
    )
  return {
    isWhole: async () => true,
    page: async ({ by, ...query }) => pageOf((entry) => entry.by === by, query),
    rarest: async (words) => {
      const known = words.map((word) => ({
        word,
        count: findIn({ word, others: [], limit: Infinity }).items.length,
      }))
      return known.toSorted((a, b) => a.count - b.count)[0]?.word
    },
    find: async (query) => findIn(query),
    findAll: async ({ most, ...search }) => {
      const { items: found, next } = findIn({ ...search, limit: most })
      return next === undefined ? found : undefined
    },
  }
}
