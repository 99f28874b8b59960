import { type Activity, compareFacts, type Fact, type LeadId, parseLeadId } from '../model/activity.ts'
import { type Cause, type Decided, type Decision, decision } from '../model/decision.ts'
import { type DraftOf, kept, type StateOf, type Step } from './slice.ts'

interface Family {
  readonly members: readonly LeadId[]
  readonly apart: readonly LeadId[]
}

const noFamily: Family = { members: [], apart: [] }

/** Ids kept to drop near repeats without reading the log. */
const recentLimit = 64

const fields = {
  /** Time of the earliest fact. */
  createdAt: kept(''),
  /** Time of the latest fact that counts. */
  lastActivityAt: kept(''),
  /** `lastActivityAt` in ms. */
  now: {
    open: (_stored: undefined, _rules: unknown, { lastActivityAt }: { lastActivityAt?: string }): number =>
      lastActivityAt === undefined ? 0 : Date.parse(lastActivityAt),
    close: (): undefined => undefined,
  },
  /** The last fact in `(occurredAt, id)` order, whether it counts or not. */
  last: kept<{ readonly occurredAt: string; readonly id: string }>({ occurredAt: '', id: '' }),
  /** Ids of the latest facts, to drop near repeats without reading the log. */
  recentIds: {
    open: (stored: readonly string[] = []): string[] => [...stored],
    close: (open: readonly string[]): readonly string[] => open.slice(-recentLimit),
  },
  /** Leads merged into this one (`members`), and leads separated manually, which are never joined automatically again (`apart`). */
  family: {
    open: (stored: Family = noFamily): Family => stored,
    close: (open: Family): Family | undefined =>
      open.members.length + open.apart.length > 0 ? open : undefined,
  },
}

export type LogState = StateOf<typeof fields>
export type LogDraft = DraftOf<typeof fields>

const begin = (draft: LogDraft, { occurredAt }: Fact): void => {
  draft.createdAt = occurredAt
  draft.lastActivityAt = occurredAt
  draft.now = Date.parse(occurredAt)
}

/** Records the fact's place in the log; a fact that does not count changes nothing else. */
export const noteFact = (draft: LogDraft, { id, occurredAt }: Fact): void => {
  draft.last = { occurredAt, id }
  draft.recentIds.push(id)
}

const apply = (draft: LogDraft, { fact, now }: Step): void => {
  noteFact(draft, fact)
  draft.lastActivityAt = fact.occurredAt
  draft.now = now
}

/** Joins a browser's lead to the person who gave an address on it. A browser's first join in `(occurredAt, id)` order counts. */
export const joinOf = ({ id, occurredAt }: Pick<Activity, 'id' | 'occurredAt'>, browser: LeadId): Fact => ({
  id: `join:${browser}:${occurredAt}:${id}`,
  type: 'lead.merged',
  occurredAt,
  properties: { leadId: browser, automatic: true },
})

export const isJoin = ({ type, properties }: Pick<Fact, 'type' | 'properties'>): boolean =>
  type === 'lead.merged' && properties.automatic === true

/** Reverts a join if an earlier one arrives. It may be written before the join that it reverts. */
export const partOf = ({ id, occurredAt, properties }: Fact): Fact => ({
  id: `part:${id}`,
  type: 'lead.unmerged',
  occurredAt,
  properties: { leadId: properties.leadId ?? null, join: id },
})

const isPart = ({ type, properties }: Fact): boolean =>
  type === 'lead.unmerged' && typeof properties.join === 'string'

/**
 * The leads merged into this one and those separated from it, according to its own log. The last manual decision wins. A join
 * counts unless it was reverted or the leads were separated manually.
 */
export const membersOf = (ownFacts: readonly Fact[]): Family => {
  const changes = ownFacts
    .filter(
      ({ type, member }) => member === undefined && (type === 'lead.merged' || type === 'lead.unmerged'),
    )
    .toSorted(compareFacts)
  const takenBack = new Set(changes.filter(isPart).map(({ properties }) => properties.join))
  const members = new Set<LeadId>()
  const apart = new Set<LeadId>()
  for (const change of changes) {
    const leadId = parseLeadId(change.properties.leadId)
    if (leadId === undefined || isJoin(change) || isPart(change)) continue
    const [from, to] = change.type === 'lead.merged' ? [apart, members] : [members, apart]
    from.delete(leadId)
    to.add(leadId)
  }
  for (const join of changes.filter(isJoin)) {
    const leadId = parseLeadId(join.properties.leadId)
    if (leadId !== undefined && !takenBack.has(join.id) && !apart.has(leadId)) members.add(leadId)
  }
  return { members: [...members], apart: [...apart] }
}

/** Leads merged or set apart since `before`. */
const changes = (lead: Decided, before: LogState | undefined, after: LogState): readonly Decision[] => {
  const [had, has] = [before?.family?.members ?? [], after.family?.members ?? []]
  const cause = { at: after.last.occurredAt, factId: after.last.id }
  const changed = (type: 'LeadMerged' | 'LeadUnmerged', merged: LeadId): Decision =>
    decision(lead, type, `${type}:${merged}:${after.last.id}`, cause, { merged })
  return [
    ...has.filter((member) => !had.includes(member)).map((member) => changed('LeadMerged', member)),
    ...had.filter((member) => !has.includes(member)).map((member) => changed('LeadUnmerged', member)),
  ]
}

const decisions = (
  lead: Decided,
  { createdAt, last, stages: [first] }: LogState & { readonly stages: readonly Cause[] },
): readonly Decision[] => [
  decision(lead, 'LeadCreated', 'created', { at: createdAt, factId: first?.factId ?? last.id }, {}),
]

/** The lead's log: its beginning, its last fact, and merged leads. */
export const logSlice = { fields, begin, apply, changes, decisions }
