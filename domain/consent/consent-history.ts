import type { Fact } from '../activity/activity.ts'
import { isJsonObject, type Json, type JsonObject } from '../json.ts'

/** One piece of evidence, as the log keeps it: purpose, wording, form, time and how it was given or taken back. */
export interface ConsentEvidence {
  readonly type: 'requested' | 'granted' | 'withdrawn'
  readonly at: string
  readonly activityId: string
  /** Null for leaving altogether where nothing stood that could be taken back. */
  readonly purpose: Json
  readonly form: Json
  readonly wording: Json
  /** Among others `by-hand`, `api`, `hook:…`, `program`: told by somebody else than the person; `by`: by whom. */
  readonly how: Json
  readonly by?: Json
  /** SHA-256 of the wording: its version. */
  readonly wordingHash: Json
  readonly language: Json
  /** The submission that asked for it. */
  readonly submission: Json
}

const kinds: Readonly<Record<string, ConsentEvidence['type']>> = {
  'consent.granted': 'granted',
  'consent.withdrawn': 'withdrawn',
  'email.unsubscribed': 'withdrawn',
  'email.complained': 'withdrawn',
}

const request = 'form.submitted'

/** What `consentHistory` looks at, and nothing else. */
export const evidenceTypes = [request, ...Object.keys(kinds)] as const

/** Whoever reports mail as spam says nothing else. */
const complaint = 'complaint'

/**
 * Oldest first, one entry for each purpose: a wording may ask for two things at once, and whoever leaves altogether takes
 * back all that stands. A form that asked for consent counts as the request.
 */
export const consentHistory = (facts: readonly Fact[]): readonly ConsentEvidence[] => {
  const standing = new Set<string>()
  return facts.flatMap((fact) => {
    const told = evidenceIn(fact, standing)
    if (fact.type === 'email.complained') return told
    for (const { type, purpose } of told) {
      if (typeof purpose !== 'string') continue
      if (type === 'withdrawn') standing.delete(purpose)
      else standing.add(purpose)
    }
    return told
  })
}

const evidenceIn = (
  { id, type, occurredAt, properties }: Fact,
  standing: ReadonlySet<string>,
): readonly ConsentEvidence[] => {
  const entry = (kind: ConsentEvidence['type'], words: JsonObject): ConsentEvidence => ({
    type: kind,
    at: occurredAt,
    activityId: id,
    ...evidence(words),
  })
  if (type === request)
    return requestsIn(properties).map((words) => entry('requested', { ...words, submission: id }))
  const kind = kinds[type]
  if (kind === undefined) return []
  const words = type === 'email.complained' ? { how: complaint, ...properties } : properties
  const isAll = kind === 'withdrawn' && (words.purpose ?? null) === null && standing.size > 0
  return isAll ? [...standing].map((purpose) => entry(kind, { ...words, purpose })) : [entry(kind, words)]
}

/** What a form asked for: its own purpose, what its wording names besides, and the box beside it. */
const requestsIn = (properties: JsonObject): readonly JsonObject[] => {
  const { purpose, furtherPurposes, optIn } = properties
  const further = Array.isArray(furtherPurposes) ? furtherPurposes : []
  return [
    ...(purpose ? [properties] : []),
    ...further.map((one: Json) => ({ ...properties, purpose: one })),
    ...(isJsonObject(optIn) ? [{ ...properties, ...optIn }] : []),
  ]
}

const evidence = (properties: JsonObject): Omit<ConsentEvidence, 'type' | 'at' | 'activityId'> => ({
  purpose: properties.purpose ?? null,
  form: properties.form ?? null,
  wording: properties.wording ?? null,
  how: properties.how ?? null,
  ...(properties.by !== undefined && { by: properties.by }),
  wordingHash: properties.wordingHash ?? null,
  language: properties.language ?? null,
  submission: properties.submission ?? null,
})
