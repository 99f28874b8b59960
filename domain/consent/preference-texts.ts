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
}

const german: PreferenceTexts = {
  title: 'Ihre E-Mail-Einstellungen',
  intro: 'Hier entscheiden Sie, wozu wir Ihnen schreiben dürfen. Sie können das jederzeit wieder ändern.',
  topics: 'Wozu dürfen wir Ihnen schreiben?',
  agreed: (date) => `Ihre Einwilligung vom ${date}:`,
  howOften: 'Wie oft?',
  frequencies: { normal: 'Wie bisher', less: 'Seltener', pause: '30 Tage Pause' },
  save: 'Einstellungen speichern',
  unsubscribeAll: 'Alles abbestellen',
  savedTitle: 'Gespeichert',
  saved: 'Ihre Einstellungen gelten ab sofort.',
}

const english: PreferenceTexts = {
  title: 'Your email preferences',
  intro: 'Here you decide what we may write to you about. You can change this at any time.',
  topics: 'What may we write to you about?',
  agreed: (date) => `Your consent of ${date}:`,
  howOften: 'How often?',
  frequencies: { normal: 'As before', less: 'Less often', pause: 'Pause for 30 days' },
  save: 'Save preferences',
  unsubscribeAll: 'Unsubscribe from everything',
  savedTitle: 'Saved',
  saved: 'Your preferences apply from now on.',
}

/** German for any German, English for everyone else. */
export const preferenceTexts = (language: string): PreferenceTexts =>
  /^de\b/i.test(language) ? german : english
