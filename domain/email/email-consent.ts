import { trackingPurpose } from '../consent/tracking-consent.ts'
import type { LeadState } from '../lead/lead-state.ts'
import type { Settings } from '../playbook/settings.ts'
import type { EmailTemplate } from './email-template.ts'

/** The consent that allows an email: its purpose, and the fact that holds wording, form, time and method. */
export interface ConsentRef {
  readonly purpose: string
  readonly factId: string
}

/**
 * What a marketing email needs consent for: what its front matter names, else the first purpose of the settings.
 * @returns undefined where the playbook knows no purposes: any consent to be written to does.
 */
export const purposeOf = (
  translations: Readonly<Record<string, EmailTemplate>>,
  { purposes = {} }: Pick<Settings, 'purposes'>,
): string | undefined =>
  Object.values(translations).find(({ purpose }) => purpose !== undefined)?.purpose ??
  Object.keys(purposes)[0]

/** @param purpose absent: of several granted ones the oldest is named. */
export const consentFor = (state: LeadState, purpose: string | undefined): ConsentRef | undefined => {
  const granted = Object.entries(state.consent)
    .filter(([, { status }]) => status === 'granted')
    .filter(([one]) => (purpose === undefined ? one !== trackingPurpose : one === purpose))
    .toSorted(([, a], [, b]) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
  const [first] = granted
  return first && { purpose: first[0], factId: first[1].factId }
}
