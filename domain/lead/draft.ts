import type { Json } from '../json.ts'
import type { Rules } from '../playbook/rules.ts'
import type { Meter } from '../scoring/meter.ts'
import type { BandEntry, Consent, LeadState, StageEntry } from './lead-state.ts'

/** A lead's state while facts are being taken: nothing in it is shared with the state that it came from. */
export interface Draft {
  createdAt: string
  last: { readonly occurredAt: string; readonly id: string }
  /** `last.occurredAt` in ms. */
  now: number
  readonly recentIds: string[]
  readonly attributes: Map<string, { readonly value: Json; readonly at: string; readonly factId: string }>
  readonly seen: Map<string, Seen>
  /** By index of the rule. */
  readonly meters: (Meter | undefined)[]
  readonly opened: Map<string, string>
  readonly clicked: Map<string, string>
  readonly consent: Map<string, Consent>
  suppression: LeadState['suppression']
  band: BandEntry | undefined
  readonly stages: StageEntry[]
  cycle: number
  /** When the present cycle began; empty in the first. */
  cycleBegan: string
  readonly qualifications: LeadState['qualifications'][number][]
  paused: LeadState['paused']
  readonly recycles: LeadState['recycles'][number][]
  confirmations: readonly LeadState['confirmations'][number][]
}

export interface Seen {
  count: number
  readonly first: string
  last: string
  /** `last` in ms. */
  at: number
  readonly times: number[]
  earlier: number
}

export const emptyDraft = (): Draft => ({
  createdAt: '',
  last: { occurredAt: '', id: '' },
  now: 0,
  recentIds: [],
  attributes: new Map(),
  seen: new Map(),
  meters: [],
  opened: new Map(),
  clicked: new Map(),
  consent: new Map(),
  suppression: undefined,
  band: undefined,
  stages: [],
  cycle: 1,
  cycleBegan: '',
  qualifications: [],
  paused: undefined,
  recycles: [],
  confirmations: [],
})

export const openDraft = (state: LeadState, rules: Rules): Draft => ({
  createdAt: state.createdAt,
  last: state.last,
  now: Date.parse(state.last.occurredAt),
  recentIds: [...state.recentIds],
  attributes: new Map(Object.entries(state.attributes)),
  seen: new Map(
    Object.entries(state.seen).map(([type, { count, first, last, times, earlier }]) => [
      type,
      { count, first, last, at: Date.parse(last), times: [...times], earlier: earlier ?? 0 },
    ]),
  ),
  meters: rules.engagement.map(({ id }) =>
    Object.hasOwn(state.engagement, id) ? state.engagement[id] : undefined,
  ),
  opened: new Map(Object.entries(state.emails.opened)),
  clicked: new Map(Object.entries(state.emails.clicked)),
  consent: new Map(Object.entries(state.consent)),
  suppression: state.suppression,
  band: state.band,
  stages: [...state.stages],
  cycle: state.cycle,
  cycleBegan: state.recycles.at(-1)?.at ?? '',
  qualifications: [...state.qualifications],
  paused: state.paused,
  recycles: [...state.recycles],
  confirmations: state.confirmations,
})

/** @throws for a draft that has taken no fact. */
export const closeDraft = (draft: Draft, rules: Rules): LeadState => {
  const { band, suppression, paused } = draft
  const stage = draft.stages.at(-1)
  if (!band || !stage) throw new Error('a lead begins with a fact')
  return {
    createdAt: draft.createdAt,
    lastActivityAt: draft.last.occurredAt,
    last: draft.last,
    recentIds: draft.recentIds,
    attributes: Object.fromEntries(draft.attributes),
    seen: Object.fromEntries(
      [...draft.seen].map(([type, { count, first, last, times, earlier }]) => [
        type,
        earlier > 0 ? { count, first, last, times, earlier } : { count, first, last, times },
      ]),
    ),
    engagement: Object.fromEntries(
      rules.engagement.flatMap(({ id }, index) => {
        const meter = draft.meters[index]
        return meter ? [[id, meter]] : []
      }),
    ),
    emails: { opened: Object.fromEntries(draft.opened), clicked: Object.fromEntries(draft.clicked) },
    consent: Object.fromEntries(draft.consent),
    ...(suppression ? { suppression } : {}),
    band,
    stage,
    stages: draft.stages,
    cycle: draft.cycle,
    qualifications: draft.qualifications,
    ...(paused ? { paused } : {}),
    recycles: draft.recycles,
    confirmations: draft.confirmations,
  }
}
