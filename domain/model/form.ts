/** A text in each language of the form; the first language is the fallback. */
export type Localized = Readonly<Record<string, string>>

type FieldType =
  | 'text'
  | 'email'
  | 'tel'
  | 'url'
  | 'number'
  | 'date'
  | 'select'
  | 'radio'
  | 'multiselect'
  | 'checkbox'
  | 'textarea'
  | 'hidden'

export interface FormField {
  /** Also the name of the lead attribute. */
  readonly name: string
  readonly type: FieldType
  readonly required: boolean
  readonly label: Localized
  /** Shown below the field. */
  readonly help?: Localized
  /** Shown in the empty field. */
  readonly placeholder?: Localized
  readonly maxLength?: number
  readonly min?: number
  readonly max?: number
  /** Earliest date: `YYYY-MM-DD`, or the day of submission. */
  readonly earliest?: string
  readonly latest?: string
  readonly options?: readonly { readonly value: string; readonly label: Localized }[]
  /** URL parameter that fills a hidden field; absent: the field's name. */
  readonly source?: string
  /** `whenUnknown`: skipped for visitors whose link says that it is known. */
  readonly ask?: 'whenUnknown'
}

interface OptIn {
  readonly purpose: string
  readonly wording: Localized
  /** Activity recorded on confirmation. */
  readonly activity?: string
}

/** Custom text of a page, and its link. The text may contain links: `[text](https://…)`. */
export interface OwnPage {
  readonly title?: Localized
  readonly text: Localized
  readonly link?: { readonly label: Localized; readonly address: string | Localized }
}

/** `forms/<form>.yaml`. */
export interface Form {
  readonly id: string
  readonly languages: readonly [string, ...string[]]
  readonly title: Localized
  readonly intro?: Localized
  readonly submit?: Localized
  readonly consent: 'double-opt-in' | 'single-opt-in' | 'none'
  /** Purpose of the consent; present unless `consent` is `none`. */
  readonly purpose?: string
  readonly wording?: Localized
  /** A further consent, given by a box and confirmed by double opt-in, whatever the form's own mode is. */
  readonly optIn?: OptIn
  /** The wording also covers measuring opens and clicks. */
  readonly tracking?: true
  /** Activity recorded on submission; with double opt-in, on confirmation. */
  readonly activity?: string
  /** Fields copied to that activity's properties. Not with double opt-in: the confirmation has no fields. */
  readonly properties?: readonly string[]
  /** An address or custom text; absent: the built-in page. */
  readonly thanks?: string | OwnPage
  /** Page after the confirmation, such as the download requested; absent: the built-in text. */
  readonly confirmed?: OwnPage
  /** The form's privacy policy, if not the company's. */
  readonly privacy?: string | Localized
  readonly origins: readonly string[]
  /** Absent: two from seven fields on. Where there is no room, it is one. */
  readonly columns?: 1 | 2
  /** Page of the company's site that embeds the form: emails lead there. Absent: the form's own page. */
  readonly page?: string | Localized
  readonly fields: readonly FormField[]
}

/** @returns the text in `language`, else in another variant of that language, else in the first one. */
export const localize = (text: Localized, language: string): string =>
  text[language] ?? text[language.replace(/-.*/, '')] ?? Object.values(text)[0] ?? ''

/** An address for everybody, or the one of the language. */
export const addressIn = (address: string | Localized, language: string): string =>
  typeof address === 'string' ? address : localize(address, language)

/** Parameter of the address of a page with an embedded form, by which an email says what is known of its reader. */
export const knownParameter = 'trichter'
