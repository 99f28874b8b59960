import type { Localized } from '../form/form.ts'
import { localize } from '../form/localize.ts'

/** Address of the privacy policy in a language; undefined where none is named. */
export const privacyOf = (privacy: string | Localized | undefined, language: string): string | undefined => {
  if (privacy === undefined || typeof privacy === 'string') return privacy
  return localize(privacy, language) || undefined
}
