import { identityKey } from '../activity/subject.ts'
import type { LeadState } from '../lead/lead-state.ts'
import type { Fact } from '../model/activity.ts'
import { localize } from '../model/form.ts'
import { isJsonObject, type Json, type JsonObject } from '../model/json.ts'
import type { Settings } from '../model/settings.ts'

export const frequencies = ['normal', 'less', 'pause'] as const
export type Frequency = (typeof frequencies)[number]

/** How long `pause` lasts, in ms. */
const pauseFor = 30 * 86_400_000

/** A purpose on the preference page. */
export interface PurposeChoice {
  readonly purpose: string
  readonly name: string
  readonly description: string
  readonly granted: boolean
  /** Wording and time of a granted consent. */
  readonly agreed?: { readonly at: string; readonly wording?: string }
}

/** Choices made on the page. */
export interface Preferences {
  readonly purposes: ReadonlySet<string>
  readonly frequency: Frequency | undefined
}

export type PreferenceChange =
  | { readonly type: 'grant'; readonly choice: PurposeChoice }
  | { readonly type: 'withdraw'; readonly purpose: string }

const agreedTo = (factId: string, at: string, facts: readonly Fact[]): PurposeChoice['agreed'] => {
  const wording = facts.find(({ id }) => id === factId)?.properties.wording
  return typeof wording === 'string' ? { at, wording } : { at }
}

/**
 * Every purpose in the settings, and those granted earlier.
 * @param state absent: no consent. @param facts relevant to consent.
 */
export const choicesOf = (
  { purposes = {} }: Pick<Settings, 'purposes'>,
  state: Pick<LeadState, 'consent'> | undefined,
  facts: readonly Fact[],
  language: string,
): readonly PurposeChoice[] => {
  const granted = Object.entries(state?.consent ?? {}).filter(([, { status }]) => status === 'granted')
  const known = Object.keys(purposes)
  const earlier = granted.map(([purpose]) => purpose).filter((purpose) => !known.includes(purpose))
  return [...known, ...earlier].map((purpose): PurposeChoice => {
    const words = purposes[purpose]
    const consent = granted.find(([one]) => one === purpose)?.[1]
    const choice = {
      purpose,
      name: words ? localize(words.name, language) : purpose,
      description: words ? localize(words.description, language) : '',
    }
    return consent
      ? {
          ...choice,
          granted: true,
          agreed: agreedTo(consent.factId, consent.at, facts) ?? { at: consent.at },
        }
      : { ...choice, granted: false }
  })
}

/** Activities that record the choices. */
export const changesOf = (
  choices: readonly PurposeChoice[],
  { purposes }: Preferences,
): readonly PreferenceChange[] =>
  choices.flatMap((choice): PreferenceChange[] => {
    const wanted = purposes.has(choice.purpose)
    if (wanted === choice.granted) return []
    return [wanted ? { type: 'grant', choice } : { type: 'withdraw', purpose: choice.purpose }]
  })

/** Wording of the consent given by ticking a purpose. */
export const wordingOfChoice = ({ name, description }: PurposeChoice): string => `${name}: ${description}`

/** The attributes that a chosen frequency sets. @param now RFC 3339 UTC */
export const frequencyFields = (frequency: Frequency, now: string): Readonly<Record<string, string>> => ({
  frequency,
  pausedUntil: frequency === 'pause' ? new Date(Date.parse(now) + pauseFor).toISOString() : now,
})

/** @returns `normal` without a choice, and after a pause. */
export const frequencyOf = (attributes: LeadState['attributes'] | undefined, now: string): Frequency => {
  const chosen = frequencies.find((one) => one === attributes?.frequency?.value) ?? 'normal'
  return chosen === 'pause' && !isPaused(attributes, now) ? 'normal' : chosen
}

/** End (RFC 3339 UTC) of a pause of marketing mail, if the person asked for one. */
export const pausedUntil = (
  attributes: LeadState['attributes'] | undefined,
  now: string,
): string | undefined => {
  const until = attributes?.pausedUntil?.value
  return attributes?.frequency?.value === 'pause' && typeof until === 'string' && until > now
    ? until
    : undefined
}

const isPaused = (attributes: LeadState['attributes'] | undefined, now: string): boolean =>
  pausedUntil(attributes, now) !== undefined

/** All addresses of a person. */
export const addressesOf = (
  facts: readonly Pick<Fact, 'email'>[],
  leads: readonly { readonly email?: string }[],
): readonly string[] => [...new Set([...leads, ...facts].flatMap(({ email }) => email ?? []))]

/** The identity keys of an address under all possible rules: it may have been stored under older settings. */
export const everyIdentityKey = (address: string): readonly string[] => [
  ...new Set(
    (['same', 'distinct'] as const).flatMap((plusTags) =>
      (['same', 'distinct'] as const).map((one) => identityKey(address, { plusTags, case: one })),
    ),
  ),
]

/** A piece of evidence from the log: purpose, wording, form, time and how consent was given or withdrawn. */
interface ConsentEvidence {
  readonly type: 'requested' | 'granted' | 'withdrawn'
  readonly at: string
  readonly activityId: string
  /** Null for a full unsubscribe without any consent to withdraw. */
  readonly purpose: Json
  readonly form: Json
  readonly wording: Json
  /** Among others `by-hand`, `api`, `hook:…`, `program`: reported by somebody other than the person; `by`: by whom. */
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

/** Activity types that `consentHistory` reads. */
export const evidenceTypes = [request, ...Object.keys(kinds)] as const

/** A spam report contains no other information. */
const complaint = 'complaint'

/**
 * Oldest first, one entry for each purpose: a wording may cover two purposes, and a full unsubscribe withdraws all consents. A
 * form that asked for consent counts as the request.
 */
export const consentHistory = (facts: readonly Fact[]): readonly ConsentEvidence[] => {
  const current = new Set<string>()
  return facts.flatMap((fact) => {
    const entries = evidenceIn(fact, current)
    if (fact.type === 'email.complained') return entries
    for (const { type, purpose } of entries) {
      if (typeof purpose !== 'string') continue
      if (type === 'withdrawn') current.delete(purpose)
      else current.add(purpose)
    }
    return entries
  })
}

const evidenceIn = (
  { id, type, occurredAt, properties }: Fact,
  current: ReadonlySet<string>,
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
  const isAll = kind === 'withdrawn' && (words.purpose ?? null) === null && current.size > 0
  return isAll ? [...current].map((purpose) => entry(kind, { ...words, purpose })) : [entry(kind, words)]
}

/** Consents requested by a form: its purpose, tracking if the wording covers it, and the opt-in box. */
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
