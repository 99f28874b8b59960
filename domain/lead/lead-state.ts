import type { Rules } from '../rules/rules.ts'
import { attributeSlice } from './attributes.ts'
import { bandSlice } from './band.ts'
import { consentSlice } from './consent.ts'
import { countSlice } from './counts.ts'
import { engagementSlice } from './engagement.ts'
import { exclusionSlice } from './filter-facts.ts'
import { funnelSlice } from './funnel.ts'
import { logSlice } from './log.ts'
import { mailSlice } from './mail.ts'
import { dealSlice, recyclingSlice } from './sales.ts'
import type { DraftOf, Fields, StateOf } from './slice.ts'
import { triggerSlice } from './triggers.ts'

/** In the order in which they apply a fact: each sees the effects of those before it. */
export const slices = [
  logSlice,
  attributeSlice,
  dealSlice,
  countSlice,
  mailSlice,
  consentSlice,
  engagementSlice,
  recyclingSlice,
  bandSlice,
  funnelSlice,
  triggerSlice,
]

const fields = {
  ...logSlice.fields,
  ...attributeSlice.fields,
  ...countSlice.fields,
  ...engagementSlice.fields,
  ...mailSlice.fields,
  ...consentSlice.fields,
  ...bandSlice.fields,
  ...funnelSlice.fields,
  ...dealSlice.fields,
  ...triggerSlice.fields,
  ...exclusionSlice.fields,
}

/** A lead's state, computed from its log. Plain JSON; every part names the fact that set it. */
export interface LeadState extends StateOf<typeof fields> {
  /** `rulesVersion` of the fold's playbook: under any other the state has to be recomputed. */
  readonly rules: string
}

/** A lead's mutable state while facts are applied; it shares nothing mutable with the stored one. */
export interface Draft extends DraftOf<typeof fields> {}

const namedFields: readonly (readonly [name: string, field: Fields[string]])[] = Object.entries(fields)

/** Copied for each draft: property access is slow on objects built up key by key. */
const blank: Readonly<Record<string, unknown>> = Object.fromEntries(
  namedFields.map(([name]) => [name, undefined]),
)

/** @param state undefined for a new lead. */
export const openDraft = (state: LeadState | undefined, rules: Rules): Draft => {
  const stored = state ?? {}
  const draft = { ...blank }
  for (const [name, field] of namedFields) draft[name] = field.open(Reflect.get(stored, name), rules, stored)
  return draft as Draft
}

/** @throws for a draft to which nothing was applied. */
export const closeDraft = (draft: Draft, rules: Rules): LeadState => {
  const state: Record<string, unknown> = { rules: rules.playbook.rulesVersion }
  for (const [name, field] of namedFields) {
    const closed = field.close(Reflect.get(draft, name), rules, draft)
    if (closed !== undefined) state[name] = closed
  }
  return state as object as LeadState
}
