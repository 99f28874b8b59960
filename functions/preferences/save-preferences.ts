import type { Activity } from '../../domain/activity/activity.ts'
import {
  changesOf,
  type Frequency,
  frequencyFields,
  type PreferenceChange,
  type Preferences,
  type PurposeChoice,
  wordingOfChoice,
} from '../../domain/consent/preferences.ts'
import type { JsonObject } from '../../domain/json.ts'
import type { LeadId } from '../../domain/lead/lead-id.ts'
import type { PreferencePorts } from './preference-ports.ts'

export interface Choosing {
  readonly leadId: LeadId
  readonly language: string
  /** As the page showed them. */
  readonly choices: readonly PurposeChoice[]
  /** As it stood before. */
  readonly frequency: Frequency
  readonly chosen: Preferences
}

/**
 * Records what was chosen: a fact for each purpose that is granted or taken back, with the words on the page, and one for
 * the frequency. The link came by email: whoever has it has the mailbox, which is what a double opt-in asks for.
 */
export const makeSavePreferences =
  ({ bus, clock, digest, newFactId }: Pick<PreferencePorts, 'bus' | 'clock' | 'digest' | 'newFactId'>) =>
  async ({ leadId, language, choices, frequency, chosen }: Choosing): Promise<void> => {
    const now = clock()
    const activity = (type: string, properties: JsonObject): Activity => ({
      id: newFactId(),
      type,
      subject: { leadId },
      occurredAt: now,
      timeAssumed: true,
      properties,
    })
    const evidence = (change: PreferenceChange): Activity => {
      const how = 'preference-page'
      switch (change.type) {
        case 'grant': {
          const { purpose } = change.choice
          const wording = wordingOfChoice(change.choice)
          return activity('consent.granted', {
            purpose,
            wording,
            wordingHash: digest(wording),
            language,
            how,
          })
        }
        case 'withdraw':
          return activity('consent.withdrawn', { purpose: change.purpose, language, how })
        default:
          return change satisfies never
      }
    }
    const activities = changesOf(choices, chosen).map(evidence)
    if (chosen.frequency !== undefined && chosen.frequency !== frequency)
      activities.push(activity('profile.updated', { fields: frequencyFields(chosen.frequency, now) }))
    if (activities.length > 0) await bus.submit(activities)
  }
