import type { FormField } from '../model/form.ts'
import type { Tone } from '../model/settings.ts'

/** What can be wrong with a posted field. */
export type FieldFault =
  /** `expected`: what kind of answer is missing. */
  | { readonly type: 'missing'; readonly expected?: FormField['type'] }
  | { readonly type: 'too-long'; readonly max: number }
  | { readonly type: 'control-characters' }
  | { readonly type: 'not-a-text' }
  | { readonly type: 'file' }
  | { readonly type: 'unreadable' }
  | { readonly type: 'ambiguous-number' }
  | { readonly type: 'invalid'; readonly expected: FormField['type'] }
  | { readonly type: 'too-small'; readonly min: number }
  /** Days, `YYYY-MM-DD`. */
  | { readonly type: 'too-early'; readonly earliest: string }
  | { readonly type: 'too-late'; readonly latest: string }
  | { readonly type: 'too-big'; readonly max: number }

const german = (fault: FieldFault): string => {
  switch (fault.type) {
    case 'missing':
      return germanMissing(fault.expected)
    case 'too-long':
      return `Bitte höchstens ${fault.max} Zeichen.`
    case 'control-characters':
      return 'Bitte ohne Zeilenumbrüche und Steuerzeichen.'
    case 'not-a-text':
      return 'Bitte einen einfachen Wert angeben.'
    case 'file':
      return 'Dateien werden hier nicht angenommen.'
    case 'unreadable':
      return 'Ein Zeichen darin ist nicht lesbar. Bitte geben Sie es neu ein.'
    case 'ambiguous-number':
      return 'Bitte schreiben Sie die Zahl ohne Tausenderzeichen, zum Beispiel 1000.'
    case 'too-early':
      return `Bitte ein Datum ab dem ${germanDay(fault.earliest)}.`
    case 'too-late':
      return `Bitte ein Datum bis zum ${germanDay(fault.latest)}.`
    case 'too-small':
      return `Bitte mindestens ${fault.min}.`
    case 'too-big':
      return `Bitte höchstens ${fault.max}.`
    case 'invalid':
      return germanInvalid(fault.expected)
    default:
      return fault satisfies never
  }
}

const germanDay = (day: string): string => day.split('-').reverse().join('.')

const english = (fault: FieldFault): string => {
  switch (fault.type) {
    case 'missing':
      return englishMissing(fault.expected)
    case 'too-long':
      return `At most ${fault.max} characters, please.`
    case 'control-characters':
      return 'No line breaks or control characters, please.'
    case 'not-a-text':
      return 'Please give one plain value.'
    case 'file':
      return 'Files are not accepted here.'
    case 'unreadable':
      return 'One of the characters cannot be read. Please type it again.'
    case 'ambiguous-number':
      return 'Please write the number without a thousands separator, such as 1000.'
    case 'too-early':
      return `A date from ${fault.earliest} on, please.`
    case 'too-late':
      return `A date up to ${fault.latest}, please.`
    case 'too-small':
      return `At least ${fault.min}, please.`
    case 'too-big':
      return `At most ${fault.max}, please.`
    case 'invalid':
      return englishInvalid(fault.expected)
    default:
      return fault satisfies never
  }
}

const germanMissing = (expected: FormField['type'] | undefined): string => {
  if (expected === 'checkbox') return 'Bitte kreuzen Sie dieses Kästchen an.'
  if (expected === 'select' || expected === 'radio') return 'Bitte wählen Sie eine Antwort aus.'
  if (expected === 'multiselect') return 'Bitte wählen Sie mindestens eine Antwort aus.'
  return 'Bitte füllen Sie dieses Feld aus.'
}

const englishMissing = (expected: FormField['type'] | undefined): string => {
  if (expected === 'checkbox') return 'Please tick this box.'
  if (expected === 'select' || expected === 'radio') return 'Please choose an answer.'
  if (expected === 'multiselect') return 'Please choose at least one answer.'
  return 'Please fill in this field.'
}

const germanInvalid = (expected: FormField['type']): string => {
  if (expected === 'email') return 'Bitte geben Sie eine gültige E-Mail-Adresse an.'
  if (expected === 'tel') return 'Bitte geben Sie eine gültige Telefonnummer an.'
  if (expected === 'url') return 'Bitte geben Sie eine Adresse an, die mit https:// beginnt.'
  if (expected === 'number') return 'Bitte geben Sie eine Zahl an.'
  if (expected === 'date') return 'Bitte geben Sie ein Datum an (JJJJ-MM-TT).'
  return 'Bitte wählen Sie einen der angebotenen Werte.'
}

const englishInvalid = (expected: FormField['type']): string => {
  if (expected === 'email') return 'Please give a valid email address.'
  if (expected === 'tel') return 'Please give a valid phone number.'
  if (expected === 'url') return 'Please give an address that begins with https://.'
  if (expected === 'number') return 'Please give a number.'
  if (expected === 'date') return 'Please give a date (YYYY-MM-DD).'
  return 'Please choose one of the values offered.'
}

/** What people are asked to do, said to friends. */
const informal: readonly (readonly [RegExp, string])[] = [
  [/Bitte füllen Sie/, 'Bitte fülle'],
  [/Bitte kreuzen Sie/, 'Bitte kreuze'],
  [/Bitte wählen Sie/, 'Bitte wähle'],
  [/Bitte geben Sie/, 'Bitte gib'],
  [/Bitte schreiben Sie/, 'Bitte schreibe'],
]

/** German for any German, English for everyone else. @param tone of the German; absent: formal. */
export const faultMessage = (fault: FieldFault, language: string, tone?: Tone): string => {
  if (!/^de\b/i.test(language)) return english(fault)
  const formal = german(fault)
  return tone === 'du' ? informal.reduce((text, [from, to]) => text.replace(from, to), formal) : formal
}
