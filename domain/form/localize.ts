import type { Localized } from './form.ts'

/** @returns the text in `language`, else in the first language it is written in. */
export const localize = (text: Localized, language: string): string =>
  text[language] ?? Object.values(text)[0] ?? ''
