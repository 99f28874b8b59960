import type { FormField } from '../model/form.ts'
import type { Tone } from '../model/settings.ts'
import type { Texts } from '../texts/en.ts'
import { textsIn } from '../texts/texts.ts'

/** A fault of a posted field. */
export type FieldFault =
  /** `expected`: type of the missing answer. */
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

type FieldTexts = Texts['field']

const missing = (texts: FieldTexts['missing'], expected: FormField['type'] | undefined): string => {
  if (expected === 'checkbox') return texts.checkbox
  if (expected === 'select' || expected === 'radio') return texts.one
  return expected === 'multiselect' ? texts.some : texts.text
}

const isFormat = (type: string, texts: FieldTexts['invalid']): type is keyof FieldTexts['invalid'] =>
  Object.hasOwn(texts, type)

/** @param tone absent: formal. */
export const faultMessage = (fault: FieldFault, language: string, tone?: Tone): string => {
  const { field } = textsIn(language, tone)
  switch (fault.type) {
    case 'missing':
      return missing(field.missing, fault.expected)
    case 'too-long':
      return field.tooLong(fault.max)
    case 'control-characters':
      return field.controlCharacters
    case 'not-a-text':
      return field.notAText
    case 'file':
      return field.file
    case 'unreadable':
      return field.unreadable
    case 'ambiguous-number':
      return field.ambiguousNumber
    case 'too-early':
      return field.tooEarly(fault.earliest)
    case 'too-late':
      return field.tooLate(fault.latest)
    case 'too-small':
      return field.tooSmall(fault.min)
    case 'too-big':
      return field.tooBig(fault.max)
    case 'invalid':
      return field.invalid[isFormat(fault.expected, field.invalid) ? fault.expected : 'choice']
    default:
      return fault satisfies never
  }
}
