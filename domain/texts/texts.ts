import type { Tone } from '../model/settings.ts'
import { german, informalGerman } from './de.ts'
import { en, type Texts, type Translation } from './en.ts'

type Spoken = Texts & Partial<Pick<Translation, 'events'>>

/** By primary tag and tone. A further language is one file and one line here. */
const languages: Readonly<Record<string, { readonly sie: Spoken; readonly du?: Spoken }>> = {
  en: { sie: en },
  de: { sie: german, du: informalGerman },
}

/** In which languages Trichter itself speaks. */
export const spokenLanguages: readonly string[] = Object.keys(languages)

/** @param language BCP 47; English stands in for one that Trichter does not speak. @param tone absent: formal. */
export const textsIn = (language: string, tone: Tone = 'sie'): Spoken => {
  const [primary = ''] = language.toLowerCase().split('-')
  const texts = Object.hasOwn(languages, primary) ? languages[primary] : undefined
  return texts?.[tone] ?? texts?.sie ?? en
}
