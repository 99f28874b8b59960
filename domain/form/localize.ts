import type { Localized } from './form.ts'

/** @returns the text in `language`, else in that language wherever it is spoken, else in the first it is written in. */
export const localize = (text: Localized, language: string): string =>
  text[language] ?? text[language.replace(/-.*/, '')] ?? Object.values(text)[0] ?? ''
