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
  /** SHA-256 of the wording: its version. */
  readonly wordingHash: Json
  readonly language: Json
  /** The submission that asked for it, for what was confirmed by a link. */
  readonly submission: Json
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
    const entry = (type: ConsentEvidence['type'], words: JsonObject): ConsentEvidence => ({
      type,
      at: occurredAt,
      activityId: id,
      ...evidence(words),
    })
    const own = kind ? [entry(kind, properties)] : []
    const { optIn } = properties
    // The box beside the form's own purpose.
    return type === 'form.submitted' && isObject(optIn)
      ? [...own, entry('requested', { ...properties, ...optIn })]
      : own
  })

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const evidence = (properties: JsonObject): Omit<ConsentEvidence, 'type' | 'at' | 'activityId'> => ({
  purpose: properties.purpose ?? null,
  form: properties.form ?? null,
  wording: properties.wording ?? null,
  how: properties.how ?? null,
  wordingHash: properties.wordingHash ?? null,
  language: properties.language ?? null,
  submission: properties.submission ?? null,
})
