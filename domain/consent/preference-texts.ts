import type { Tone } from '../playbook/settings.ts'
import type { Frequency } from './preferences.ts'

/** What the preference page says; the purposes' own words come from the playbook. */
export interface PreferenceTexts {
  readonly title: string
  readonly intro: string
  readonly topics: string
  readonly agreed: (date: string) => string
  readonly howOften: string
  readonly frequencies: Readonly<Record<Frequency, string>>
  readonly save: string
  readonly unsubscribeAll: string
  readonly saved: string
  readonly savedTitle: string
  readonly leave: string
  readonly settings: string
  readonly backToSettings: string
}

const german: PreferenceTexts = {
  title: 'Ihre E-Mail-Einstellungen',
  intro: 'Hier entscheiden Sie, wozu wir Ihnen schreiben dürfen. Sie können das jederzeit wieder ändern.',
  topics: 'Wozu dürfen wir Ihnen schreiben?',
  agreed: (date) => `Ihre Einwilligung vom ${date}`,
  howOften: 'Wie oft?',
  frequencies: { normal: 'Wie bisher', less: 'Seltener', pause: '30 Tage Pause' },
  save: 'Einstellungen speichern',
  unsubscribeAll: 'Alles abbestellen',
  savedTitle: 'Gespeichert',
  leave: 'Sie möchten keine Werbe-E-Mails mehr von uns? Ein Klick genügt.',
  settings: 'Oder einstellen, was Sie bekommen',
  backToSettings: 'Zurück zu den Einstellungen',
  saved: 'Ihre Einstellungen gelten ab sofort.',
}

const informal: PreferenceTexts = {
  ...german,
  title: 'Deine E-Mail-Einstellungen',
  intro: 'Hier entscheidest du, wozu wir dir schreiben dürfen. Du kannst das jederzeit wieder ändern.',
  topics: 'Wozu dürfen wir dir schreiben?',
  agreed: (date) => `Deine Einwilligung vom ${date}`,
  saved: 'Deine Einstellungen gelten ab sofort.',
  leave: 'Du möchtest keine Werbe-E-Mails mehr von uns? Ein Klick genügt.',
  settings: 'Oder einstellen, was du bekommst',
}

const english: PreferenceTexts = {
  title: 'Your email preferences',
  intro: 'Here you decide what we may write to you about. You can change this at any time.',
  topics: 'What may we write to you about?',
  agreed: (date) => `Your consent of ${date}`,
  howOften: 'How often?',
  frequencies: { normal: 'As before', less: 'Less often', pause: 'Pause for 30 days' },
  save: 'Save preferences',
  unsubscribeAll: 'Unsubscribe from everything',
  savedTitle: 'Saved',
  leave: 'You want no more marketing emails from us? One click is enough.',
  settings: 'Or choose what you get',
  backToSettings: 'Back to the settings',
  saved: 'Your preferences apply from now on.',
}

/** German for any German, English for everyone else. */
export const preferenceTexts = (language: string, tone?: Tone): PreferenceTexts => {
  if (!/^de\b/i.test(language)) return english
  return tone === 'du' ? informal : german
}
