import type { Fact } from '../activity/activity.ts'
import { localize } from '../form/localize.ts'
import type { LeadState } from '../lead/lead-state.ts'
import type { Settings } from '../playbook/settings.ts'

export const frequencies = ['normal', 'less', 'pause'] as const
export type Frequency = (typeof frequencies)[number]

/** How long `pause` lasts, in ms. */
export const pauseFor = 30 * 86_400_000

/** One purpose as the preference page shows it. */
export interface PurposeChoice {
  readonly purpose: string
  readonly name: string
  readonly description: string
  readonly granted: boolean
  /** What was agreed to, word for word, and when; for what is granted. */
  readonly agreed?: { readonly at: string; readonly wording?: string }
}

/** What a person chose on the page. */
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
 * Every purpose of the settings, and those that were granted under earlier ones.
 * @param state absent: nothing is known, nothing is granted. @param facts those that consent rests on.
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

/** What has to be recorded so that what was chosen holds. */
export const changesOf = (
  choices: readonly PurposeChoice[],
  { purposes }: Preferences,
): readonly PreferenceChange[] =>
  choices.flatMap((choice): PreferenceChange[] => {
    const wanted = purposes.has(choice.purpose)
    if (wanted === choice.granted) return []
    return [wanted ? { type: 'grant', choice } : { type: 'withdraw', purpose: choice.purpose }]
  })

/** What somebody agrees to who ticks a purpose: as it stands on the page. */
export const wordingOfChoice = ({ name, description }: PurposeChoice): string => `${name}: ${description}`

/** The attributes that a chosen frequency sets. @param now RFC 3339 UTC */
export const frequencyFields = (frequency: Frequency, now: string): Readonly<Record<string, string>> => ({
  frequency,
  pausedUntil: frequency === 'pause' ? new Date(Date.parse(now) + pauseFor).toISOString() : now,
})

/** @returns `normal` for who never chose, and once a pause is over. */
export const frequencyOf = (attributes: LeadState['attributes'] | undefined, now: string): Frequency => {
  const chosen = frequencies.find((one) => one === attributes?.frequency?.value) ?? 'normal'
  return chosen === 'pause' && !isPaused(attributes, now) ? 'normal' : chosen
}

/** Whether the person asked for no marketing mail for now; with the end of it, RFC 3339 UTC. */
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
