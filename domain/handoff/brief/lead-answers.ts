import type { Fact } from '../../activity/activity.ts'
import { neutralText } from '../../email/neutral-text.ts'
import type { Form, FormField } from '../../form/form.ts'
import { localize } from '../../form/localize.ts'
import type { Json } from '../../json.ts'
import { wordsAlone } from '../../page/rich-text.ts'
import { isRecord } from '../../playbook/raw.ts'
import { readableTime } from '../../time/readable-time.ts'
import type { Reader } from './reader.ts'

/** What the lead wrote into one field, in the reader's language. */
export interface LeadAnswer {
  readonly label: string
  /** Lines as they were written. */
  readonly text: string
  /** A telephone number as one dials it. Empty for all else. */
  readonly phone: string
}

/** A form as the lead filled it in. */
export interface FilledForm {
  readonly form: string
  readonly title: string
  /** RFC 3339 UTC. */
  readonly at: string
  readonly when: string
  readonly answers: readonly LeadAnswer[]
}

/** Forms told in one message; an enquiry sent five times over is one. */
const most = 5

const boxes = { de: ['ja', 'nein'], en: ['yes', 'no'] } as const
const boxWords = (language: string): readonly [string, string] =>
  language.startsWith('de') ? boxes.de : boxes.en

const optionWords = (field: FormField, value: string, language: string): string => {
  const option = field.options?.find((one) => one.value === value)
  // Anybody may have written it: it is to be read, and leads nowhere by a click.
  return option ? localize(option.label, language) : neutralText(value)
}

const textOf = (field: FormField, value: Json, { language }: Reader): string => {
  if (field.type === 'checkbox') return boxWords(language)[value === true || value === 'true' ? 0 : 1]
  if (Array.isArray(value)) return value.map((one) => optionWords(field, String(one), language)).join(', ')
  if (typeof value === 'number') return new Intl.NumberFormat(language).format(value)
  if (typeof value !== 'string') return ''
  if (field.type === 'date' && /^\d{4}-\d{2}-\d{2}$/.test(value))
    return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : language, {
      dateStyle: 'medium',
      timeZone: 'UTC',
    }).format(new Date(value))
  return optionWords(field, value, language).replaceAll('\r\n', '\n').trim()
}

const answerOf = (field: FormField, value: Json | undefined, reader: Reader): readonly LeadAnswer[] => {
  if (field.type === 'hidden' || field.type === 'email' || value === undefined || value === null) return []
  const text = textOf(field, value, reader)
  const phone = field.type === 'tel' ? text.replaceAll(/[^\d+]/g, '') : ''
  const label = wordsAlone(localize(field.label, reader.language))
  return text === '' ? [] : [{ label, text, phone }]
}

const filled = (fact: Fact, form: Form, reader: Reader): FilledForm => {
  const { fields } = fact.properties
  const values = isRecord(fields) ? (fields as Readonly<Record<string, Json>>) : {}
  return {
    form: form.id,
    title: localize(form.title, reader.language),
    at: fact.occurredAt,
    when: readableTime(reader.language, fact.occurredAt, reader.timeZone),
    answers: form.fields.flatMap((field) => answerOf(field, values[field.name], reader)),
  }
}

/**
 * What the lead wrote into the forms of the playbook, the latest first: every field that people see but the address, which
 * stands beside. Of a form filled in several times with the same words the last is told.
 * @param facts those that count, in order.
 */
export const leadAnswers = (
  facts: readonly Fact[],
  forms: Readonly<Record<string, Form>>,
  reader: Reader,
): readonly FilledForm[] => {
  const all = facts.flatMap((fact) => {
    const id = fact.properties.form
    const form = fact.type === 'form.submitted' && typeof id === 'string' ? forms[id] : undefined
    return form && Object.hasOwn(forms, form.id) ? [filled(fact, form, reader)] : []
  })
  const told = all.filter(({ answers }) => answers.length > 0)
  const words = ({ form, answers }: FilledForm): string => JSON.stringify([form, answers])
  return [...new Map(told.map((one) => [words(one), one])).values()]
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .slice(0, most)
}
