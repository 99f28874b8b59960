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
  /** Also the lead attribute it fills. */
  readonly name: string
  readonly type: FieldType
  readonly required: boolean
  readonly label: Localized
  /** Stands below the field. */
  readonly help?: Localized
  /** Stands in the empty field. */
  readonly placeholder?: Localized
  readonly maxLength?: number
  readonly min?: number
  readonly max?: number
  /** Of a date: `YYYY-MM-DD`, or the day on which it is filled in. */
  readonly earliest?: string
  readonly latest?: string
  readonly options?: readonly { readonly value: string; readonly label: Localized }[]
  /** Parameter of the page's address that fills a hidden field. Absent: the one of the field's own name. */
  readonly source?: string
  /** Not asked of those whose link says that it is known already. */
  readonly ask?: 'whenUnknown'
}

interface OptIn {
  readonly purpose: string
  readonly wording: Localized
  /** Recorded on confirmation. */
  readonly activity?: string
}

/** Own words of a page, and where it leads on to. Text may hold links: `[text](https://…)`. */
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
  /** What the consent is for; present unless `consent` is `none`. */
  readonly purpose?: string
  readonly wording?: Localized
  /** A further consent that may be asked for with a box; it is given by double opt-in, whatever the form's own is. */
  readonly optIn?: OptIn
  /** Whoever agrees to the wording agrees to the measuring of opens and clicks, too: the wording says so. */
  readonly tracking?: true
  /** Recorded on acceptance; under double opt-in, on confirmation. */
  readonly activity?: string
  /** Fields whose values are properties of that activity as well. Not under double opt-in: the confirmation knows none. */
  readonly properties?: readonly string[]
  /** An address, or own words; absent: the built-in page. */
  readonly thanks?: string | OwnPage
  /** What stands on the page after the confirmation, such as what was asked for; absent: the built-in words. */
  readonly confirmed?: OwnPage
  /** Privacy policy where it is not the company's. */
  readonly privacy?: string | Localized
  readonly origins: readonly string[]
  readonly fields: readonly FormField[]
}

/** @returns the text in `language`, else in that language wherever it is spoken, else in the first it is written in. */
export const localize = (text: Localized, language: string): string =>
  text[language] ?? text[language.replace(/-.*/, '')] ?? Object.values(text)[0] ?? ''
