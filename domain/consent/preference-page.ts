import type { Tone } from '../model/settings.ts'
import { type Html, html, type PageFrame, renderPage, richText, textsOf } from '../page/page-layout.ts'
import { type Frequency, frequencies, type PurposeChoice } from './preferences.ts'

/** What the preference page says; the purposes' own words come from the playbook. */
interface PreferenceTexts {
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
const preferenceTexts = (language: string, tone?: Tone): PreferenceTexts => {
  if (!/^de\b/i.test(language)) return english
  return tone === 'du' ? informal : german
}

/** Names of what the page posts. */
export const purposeField = (purpose: string): string => `purpose.${purpose}`
const frequencyField = 'frequency'
/** Tells a post of this page from that of a mail client. */
export const preferencesField = 'preferences'

const dateOf = (at: string, language: string, timeZone: string): string =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'long', timeZone }).format(
    new Date(at),
  )

/** Labels and descriptions belong to their boxes, so that a screen reader says both; what was agreed to is there to be unfolded. */
const purposeControl = (
  { purpose, name, description, granted, agreed }: PurposeChoice,
  texts: PreferenceTexts,
  dated: (at: string) => string,
): Html => {
  const id = `purpose-${purpose}`
  return html`<div class="field">
<div class="check"><input type="checkbox" id="${id}" name="${purposeField(purpose)}" value="on" aria-describedby="${id}-about"${granted && html` checked`}><label for="${id}">${name}</label></div>
<div class="under"><p class="note" id="${id}-about">${description}</p>
${agreed?.wording !== undefined && html`<details><summary>${texts.agreed(dated(agreed.at))}</summary><blockquote>${richText(agreed.wording)}</blockquote></details>`}</div>
</div>`
}

const frequencyControl = (one: Frequency, chosen: Frequency, texts: PreferenceTexts): Html =>
  html`<div class="check"><input type="radio" id="frequency-${one}" name="${frequencyField}" value="${one}"${one === chosen && html` checked`}><label for="frequency-${one}">${texts.frequencies[one]}</label></div>`

interface PreferencePage {
  readonly choices: readonly PurposeChoice[]
  readonly frequency: Frequency
  /** In which dates are told. */
  readonly timeZone: string
}

/**
 * Leaving altogether comes first: whoever followed "unsubscribe" wants that and is not to search. Below, what somebody agreed
 * to, to be changed one by one. Needs no script.
 */
export const renderPreferencePage = (
  frame: PageFrame,
  { choices, frequency, timeZone }: PreferencePage,
): string => {
  const texts = preferenceTexts(frame.language, frame.tone)
  const dated = (at: string): string => dateOf(at, frame.language, timeZone)
  return renderPage(
    frame,
    texts.title,
    html`<form method="post"><p>${texts.leave}</p><button type="submit">${texts.unsubscribeAll}</button></form>
<form method="post"><h2>${texts.settings}</h2><p>${texts.intro}</p>
<input type="hidden" name="${preferencesField}" value="1">
<fieldset><legend>${texts.topics}</legend>
${choices.map((choice) => purposeControl(choice, texts, dated))}
</fieldset>
<fieldset><legend>${texts.howOften}</legend>
${frequencies.map((one) => frequencyControl(one, frequency, texts))}
</fieldset>
<button class="second" type="submit">${texts.save}</button>
</form>`,
  )
}

/** @param settings address of the page that was saved. */
export const renderPreferencesSaved = (frame: PageFrame, settings?: string): string => {
  const texts = preferenceTexts(frame.language, frame.tone)
  return renderPage(
    frame,
    texts.savedTitle,
    html`<p>${texts.saved}</p>
${settings !== undefined && html`<p><a href="${settings}">${texts.backToSettings}</a></p>`}
<p><a href="${new URL(frame.company.imprint).origin}/">${textsOf(frame).toSite(frame.company.name)}</a></p>`,
  )
}
