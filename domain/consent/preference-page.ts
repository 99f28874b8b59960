import { type Html, html, type PageFrame, renderPage, richText, textsOf } from '../page/page-layout.ts'
import type { Texts } from '../texts/en.ts'
import { textsIn } from '../texts/texts.ts'
import { localeOf } from '../time/local-time.ts'
import { type Frequency, frequencies, type PurposeChoice } from './preferences.ts'

/** Names of the page's form fields. */
export const purposeField = (purpose: string): string => `purpose.${purpose}`
const frequencyField = 'frequency'
/** Distinguishes this page's post from a mail client's one-click unsubscribe. */
export const preferencesField = 'preferences'

const dateOf = (at: string, language: string, timeZone: string): string =>
  new Intl.DateTimeFormat(localeOf(language), { dateStyle: 'long', timeZone }).format(new Date(at))

/** Labels and descriptions are tied to their boxes, so that screen readers announce both; the agreed wording can be unfolded. */
const purposeControl = (
  { purpose, name, description, granted, agreed }: PurposeChoice,
  texts: Texts['preferences'],
  dated: (at: string) => string,
): Html => {
  const id = `purpose-${purpose}`
  return html`<div class="field">
<div class="check"><input type="checkbox" id="${id}" name="${purposeField(purpose)}" value="on" aria-describedby="${id}-about"${granted && html` checked`}><label for="${id}">${name}</label></div>
<div class="under"><p class="note" id="${id}-about">${description}</p>
${agreed?.wording !== undefined && html`<details><summary>${texts.agreed(dated(agreed.at))}</summary><blockquote>${richText(agreed.wording)}</blockquote></details>`}</div>
</div>`
}

const frequencyControl = (one: Frequency, chosen: Frequency, texts: Texts['preferences']): Html =>
  html`<div class="check"><input type="radio" id="frequency-${one}" name="${frequencyField}" value="${one}"${one === chosen && html` checked`}><label for="frequency-${one}">${texts.frequencies[one]}</label></div>`

interface PreferencePage {
  readonly choices: readonly PurposeChoice[]
  readonly frequency: Frequency
  /** Time zone of dates. */
  readonly timeZone: string
}

/** "Unsubscribe from everything" comes first, as most visitors want that. Below it are the single consents. Works without scripts. */
export const renderPreferencePage = (
  frame: PageFrame,
  { choices, frequency, timeZone }: PreferencePage,
): string => {
  const texts = textsIn(frame.language, frame.tone).preferences
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
  const texts = textsIn(frame.language, frame.tone).preferences
  return renderPage(
    frame,
    texts.savedTitle,
    html`<p>${texts.saved}</p>
${settings !== undefined && html`<p><a href="${settings}">${texts.backToSettings}</a></p>`}
<p><a href="${new URL(frame.company.imprint).origin}/">${textsOf(frame).toSite(frame.company.name)}</a></p>`,
  )
}
