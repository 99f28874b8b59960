import { type Html, html } from '../page/html.ts'
import { type PageFrame, renderPage } from '../page/page-layout.ts'
import { type PreferenceTexts, preferenceTexts } from './preference-texts.ts'
import { type Frequency, frequencies, type PurposeChoice } from './preferences.ts'

/** Names of what the page posts. */
export const purposeField = (purpose: string): string => `purpose.${purpose}`
export const frequencyField = 'frequency'
/** Tells a post of this page from that of a mail client. */
export const preferencesField = 'preferences'

const dateOf = (at: string, language: string, timeZone: string): string =>
  new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, { dateStyle: 'long', timeZone }).format(
    new Date(at),
  )

/** Labels and descriptions belong to their boxes, so that a screen reader says both. */
const purposeControl = (
  { purpose, name, description, granted, agreed }: PurposeChoice,
  texts: PreferenceTexts,
  dated: (at: string) => string,
): Html => {
  const id = `purpose-${purpose}`
  return html`<div class="field">
<div class="check"><input type="checkbox" id="${id}" name="${purposeField(purpose)}" value="on" aria-describedby="${id}-about"${granted && html` checked`}><label for="${id}">${name}</label></div>
<div id="${id}-about"><p class="note">${description}</p>
${agreed?.wording !== undefined && html`<p class="note">${texts.agreed(dated(agreed.at))}</p><blockquote>${agreed.wording}</blockquote>`}</div>
</div>`
}

const frequencyControl = (one: Frequency, chosen: Frequency, texts: PreferenceTexts): Html =>
  html`<div class="check"><input type="radio" id="frequency-${one}" name="${frequencyField}" value="${one}"${one === chosen && html` checked`}><label for="frequency-${one}">${texts.frequencies[one]}</label></div>`

export interface PreferencePage {
  readonly choices: readonly PurposeChoice[]
  readonly frequency: Frequency
  /** In which dates are told. */
  readonly timeZone: string
}

/** What somebody agreed to, to be changed with one button, and left altogether with another. Needs no script. */
export const renderPreferencePage = (
  frame: PageFrame,
  { choices, frequency, timeZone }: PreferencePage,
): string => {
  const texts = preferenceTexts(frame.language)
  const dated = (at: string): string => dateOf(at, frame.language, timeZone)
  return renderPage(
    frame,
    texts.title,
    html`<p>${texts.intro}</p>
<form method="post">
<input type="hidden" name="${preferencesField}" value="1">
<fieldset><legend>${texts.topics}</legend>
${choices.map((choice) => purposeControl(choice, texts, dated))}
</fieldset>
<fieldset><legend>${texts.howOften}</legend>
${frequencies.map((one) => frequencyControl(one, frequency, texts))}
</fieldset>
<p><button type="submit">${texts.save}</button></p>
</form>
<form method="post"><button class="second" type="submit">${texts.unsubscribeAll}</button></form>`,
  )
}

export const renderPreferencesSaved = (frame: PageFrame): string => {
  const texts = preferenceTexts(frame.language)
  return renderPage(frame, texts.savedTitle, html`<p>${texts.saved}</p>`)
}
