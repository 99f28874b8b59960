import type { Frequency } from '../consent/preferences.ts'
import type { Settings } from '../playbook/settings.ts'

const week = 7 * 24 * 3_600_000

/** The caps for somebody who chose how often to hear from us: `less` doubles every window, and is one a week at most. */
export const wishedCaps = (
  frequency: Frequency,
  caps: NonNullable<Settings['caps']>,
): NonNullable<Settings['caps']> =>
  frequency === 'less'
    ? [...caps.map(({ emails, per }) => ({ emails, per: 2 * per })), { emails: 1, per: week }]
    : caps
