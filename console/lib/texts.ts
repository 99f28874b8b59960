import type { Texts as Words } from '../../domain/texts/en.ts'
import type { Texts } from './texts/en.ts'

export const languages = { en: 'English', de: 'Deutsch' } as const
export type Language = keyof typeof languages

const isLanguage = (text: string | null | undefined): text is Language =>
  text !== null && text !== undefined && Object.hasOwn(languages, text)

const chosen = 'trichter.language'

/** What was chosen, else the first of the browser's that we have. */
export const language: Language = (() => {
  const own = localStorage.getItem(chosen)
  if (isLanguage(own)) return own
  return navigator.languages.map((one) => one.slice(0, 2)).find(isLanguage) ?? 'en'
})()

/** Everything is read again in the other language. */
export const chooseLanguage = (other: Language): void => {
  localStorage.setItem(chosen, other)
  location.reload()
}

/** The console's own texts, once `loadTexts` is done. */
export let t: Texts
/** What Trichter says everywhere: stages, phases, activities. */
export let words: Words

const textsIn = async (): Promise<readonly [Texts, Words]> => {
  switch (language) {
    case 'en': {
      const texts = await import('./texts/en.ts')
      return [texts.en, texts.words]
    }
    case 'de': {
      const texts = await import('./texts/de.ts')
      return [texts.de, texts.words]
    }
    default:
      return language satisfies never
  }
}

/** Before anything is shown. */
export const loadTexts = async (): Promise<void> => {
  ;[t, words] = await textsIn()
  document.documentElement.lang = language
}

const asItCame = (message: string): string => message

/**
 * What the API says is English. It is loaded with the first refusal or fault, as few people meet one at once.
 * @returns what says it in the language that was chosen; a message without words there stays as it came.
 */
export const loadTranslate = async (): Promise<(message: string) => string> => {
  switch (language) {
    case 'en':
      return asItCame
    case 'de': {
      const texts = await import('./texts/de-messages.ts').catch(() => undefined)
      return texts?.translate ?? asItCame
    }
    default:
      return language satisfies never
  }
}

/** An activity in words; one that the playbook invented, by its name. */
export const activityWords = (type: string): string => {
  const { activities }: { readonly activities: Readonly<Record<string, string>> } = words
  return (
    (Object.hasOwn(activities, type) ? activities[type] : undefined) ??
    unsentWords(type) ??
    type.replaceAll(/[._]/g, ' ')
  )
}

/** Of an email that did not go out, or not yet: the timeline has it among what happened. */
const unsentWords = (type: string): string | undefined => {
  const { sends }: { readonly sends: Readonly<Record<string, string>> } = t.leads
  const [, status = ''] = /^email\.(.+)$/.exec(type) ?? []
  const words = Object.hasOwn(sends, status) ? sends[status] : undefined
  return words === undefined ? undefined : t.leads.unsent(words)
}

/** Why an email has not gone out, or waits: in words where the reason is one of ours; what SES said stays as it is. */
export const whyNotSent = (reason: string): string => {
  const { reasons }: { readonly reasons: Readonly<Record<string, string>> } = t.people
  return (Object.hasOwn(reasons, reason) ? reasons[reason] : undefined) ?? reason.replaceAll('-', ' ')
}
