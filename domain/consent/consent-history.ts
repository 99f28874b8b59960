import type { Fact } from '../activity/activity.ts'
import type { Json, JsonObject } from '../json.ts'

/** One piece of evidence, as the log keeps it: purpose, wording, form, time and how it was given or taken back. */
export interface ConsentEvidence {
  readonly type: 'requested' | 'granted' | 'withdrawn'
  readonly at: string
  readonly activityId: string
  readonly purpose: Json
  readonly form: Json
  readonly wording: Json
  readonly how: Json
}

const kinds: Readonly<Record<string, ConsentEvidence['type']>> = {
  'consent.granted': 'granted',
  'consent.withdrawn': 'withdrawn',
  'email.unsubscribed': 'withdrawn',
  'email.complained': 'withdrawn',
}

/** Oldest first. A form that asked for consent counts as the request. */
export const consentHistory = (facts: readonly Fact[]): readonly ConsentEvidence[] =>
  facts.flatMap(({ id, type, occurredAt, properties }) => {
    const kind = kinds[type] ?? (type === 'form.submitted' && properties.purpose ? 'requested' : undefined)
    return kind ? [{ type: kind, at: occurredAt, activityId: id, ...evidence(properties) }] : []
  })

const evidence = (properties: JsonObject): Pick<ConsentEvidence, 'purpose' | 'form' | 'wording' | 'how'> => ({
  purpose: properties.purpose ?? null,
  form: properties.form ?? null,
  wording: properties.wording ?? null,
  how: properties.how ?? null,
})
