import type { Deal } from '../model/deal.ts'
import type { Rules } from '../rules/rules.ts'
import type { Meter, Window } from '../scoring/awards.ts'
import type { Attribute, BandEntry, Claim, Consent, LeadState, StageEntry, Trigger } from './lead-state.ts'

/** How often and when activities of one type were seen, while facts are being taken. */
interface Seen {
  count: number
  readonly first: string
  last: string
  /** `last` in ms. */
  at: number
  readonly times: number[]
  earlier: number
}

const openSeen = ({ count, first, last, times, earlier }: LeadState['seen'][string]): Seen => ({
  count,
  first,
  last,
  at: Date.parse(last),
  times: [...times],
  earlier: earlier ?? 0,
})

const closeSeen = ({ count, first, last, times, earlier }: Seen): LeadState['seen'][string] =>
  earlier > 0 ? { count, first, last, times, earlier } : { count, first, last, times }

/** A lead's state while facts are being taken: nothing in it is shared with the state that it came from. */
export interface Draft {
  createdAt: string
  /** The last fact in order, whether it counted or not. */
  last: { readonly occurredAt: string; readonly id: string }
  lastActivityAt: string
  /** `lastActivityAt` in ms. */
  now: number
  readonly recentIds: string[]
  readonly attributes: Map<string, Attribute>
  /** What they take in the state; undefined before somebody asks. */
  attributeBytes: number | undefined
  /** What forms said that nobody has confirmed, beside what is known. */
  readonly unconfirmed: Map<string, Attribute>
  /** By submission: what its confirmation would confirm. */
  readonly claims: Map<string, Claim>
  confirmed: LeadState['confirmed']
  refused: LeadState['refused']
  readonly seen: Map<string, Seen>
  /** By index of the rule. */
  readonly meters: (Meter | undefined)[]
  /** Awards that count against caps which several rules share, by the cap's key. */
  readonly groups: Map<string, Window>
  readonly opened: Map<string, string>
  readonly clicked: Map<string, string>
  readonly consent: Map<string, Consent>
  softBounces: readonly number[]
  suppression: LeadState['suppression']
  band: BandEntry | undefined
  readonly stages: StageEntry[]
  cycle: number
  /** When the present cycle began; empty in the first. */
  cycleBegan: string
  readonly qualifications: LeadState['qualifications'][number][]
  paused: LeadState['paused']
  readonly recycles: LeadState['recycles'][number][]
  deals: readonly Deal[]
  confirmations: readonly LeadState['confirmations'][number][]
  readonly triggers: Map<string, Trigger>
  voids: readonly string[]
  family: NonNullable<LeadState['family']>
  traffic: LeadState['traffic']
  heldUntil: string | undefined
}

const noFamily: Draft['family'] = { members: [], apart: [] }
const noDeals: Draft['deals'] = []

export const emptyDraft = (): Draft => ({
  createdAt: '',
  last: { occurredAt: '', id: '' },
  lastActivityAt: '',
  now: 0,
  recentIds: [],
  attributes: new Map(),
  attributeBytes: 0,
  unconfirmed: new Map(),
  claims: new Map(),
  confirmed: undefined,
  refused: undefined,
  seen: new Map(),
  meters: [],
  groups: new Map(),
  opened: new Map(),
  clicked: new Map(),
  consent: new Map(),
  softBounces: [],
  suppression: undefined,
  band: undefined,
  stages: [],
  cycle: 1,
  cycleBegan: '',
  qualifications: [],
  paused: undefined,
  recycles: [],
  deals: noDeals,
  confirmations: [],
  triggers: new Map(),
  voids: [],
  family: noFamily,
  traffic: undefined,
  heldUntil: undefined,
})

/** Ids kept to drop near repeats without reading the log. */
const recentLimit = 64

const mapOf = <From, To>(
  record: Readonly<Record<string, From>>,
  convert: (value: From) => To,
): Map<string, To> => {
  const map = new Map<string, To>()
  for (const key of Object.keys(record)) {
    const value = record[key]
    if (value !== undefined) map.set(key, convert(value))
  }
  return map
}

/** No key is `__proto__`: such names are never taken in. */
const recordOf = <From, To>(
  map: ReadonlyMap<string, From>,
  convert: (value: From) => To,
): Record<string, To> => {
  const record: Record<string, To> = {}
  for (const [key, value] of map) record[key] = convert(value)
  return record
}

const same = <T>(value: T): T => value

const closeMeters = (meters: Draft['meters'], rules: Rules): LeadState['engagement'] => {
  const record: Record<string, Meter> = {}
  for (const [index, meter] of meters.entries()) {
    const rule = rules.engagement[index]
    if (meter && rule) record[rule.id] = meter
  }
  return record
}

export const openDraft = (state: LeadState, rules: Rules): Draft => ({
  createdAt: state.createdAt,
  last: state.last,
  lastActivityAt: state.lastActivityAt,
  now: Date.parse(state.lastActivityAt),
  recentIds: [...state.recentIds],
  attributes: mapOf(state.attributes, same),
  attributeBytes: undefined,
  unconfirmed: mapOf(state.unconfirmed ?? {}, same),
  claims: mapOf(state.claims ?? {}, same),
  confirmed: state.confirmed,
  refused: state.refused,
  seen: mapOf(state.seen, openSeen),
  meters: rules.engagement.map(({ id }) =>
    Object.hasOwn(state.engagement, id) ? state.engagement[id] : undefined,
  ),
  groups: mapOf(state.groups ?? {}, same),
  opened: mapOf(state.emails.opened, same),
  clicked: mapOf(state.emails.clicked, same),
  consent: mapOf(state.consent, same),
  softBounces: state.softBounces ?? [],
  suppression: state.suppression,
  band: state.band,
  stages: [...state.stages],
  cycle: state.cycle,
  cycleBegan: state.recycles.at(-1)?.at ?? '',
  qualifications: [...state.qualifications],
  paused: state.paused,
  recycles: [...state.recycles],
  deals: state.deals ?? noDeals,
  confirmations: state.confirmations,
  triggers: mapOf(state.triggers ?? {}, same),
  voids: state.voids ?? [],
  family: state.family ?? noFamily,
  traffic: state.traffic,
  heldUntil: state.heldUntil,
})

/** @throws for a draft that has taken no fact. */
export const closeDraft = (draft: Draft, rules: Rules): LeadState => {
  const { band, softBounces, suppression, paused, voids, family, traffic, heldUntil } = draft
  const stage = draft.stages.at(-1)
  if (!band || !stage) throw new Error('a lead begins with a fact')
  return {
    rules: rules.playbook.rulesVersion,
    createdAt: draft.createdAt,
    lastActivityAt: draft.lastActivityAt,
    last: draft.last,
    recentIds: draft.recentIds.slice(-recentLimit),
    attributes: recordOf(draft.attributes, same),
    ...(draft.unconfirmed.size > 0 ? { unconfirmed: recordOf(draft.unconfirmed, same) } : {}),
    ...(draft.claims.size > 0 ? { claims: recordOf(draft.claims, same) } : {}),
    ...(draft.confirmed ? { confirmed: draft.confirmed } : {}),
    ...(draft.refused ? { refused: draft.refused } : {}),
    seen: recordOf(draft.seen, closeSeen),
    engagement: closeMeters(draft.meters, rules),
    ...(draft.groups.size > 0 ? { groups: recordOf(draft.groups, same) } : {}),
    emails: { opened: recordOf(draft.opened, same), clicked: recordOf(draft.clicked, same) },
    consent: recordOf(draft.consent, same),
    ...(softBounces.length > 0 ? { softBounces } : {}),
    ...(suppression ? { suppression } : {}),
    band,
    stage,
    stages: draft.stages,
    cycle: draft.cycle,
    qualifications: draft.qualifications,
    ...(paused ? { paused } : {}),
    recycles: draft.recycles,
    ...(draft.deals.length > 0 ? { deals: draft.deals } : {}),
    confirmations: draft.confirmations,
    ...(draft.triggers.size > 0 ? { triggers: recordOf(draft.triggers, same) } : {}),
    ...(voids.length > 0 ? { voids } : {}),
    ...(family.members.length + family.apart.length > 0 ? { family } : {}),
    ...(traffic ? { traffic } : {}),
    ...(heldUntil === undefined ? {} : { heldUntil }),
  }
}
