import { z } from 'zod'
import type { Form, FormField } from '../../model/form.ts'
import { type Checks, checked } from '../faults.ts'
import {
  activityType,
  attributeName,
  date,
  id,
  language,
  languages,
  localized,
  object,
  origin,
  privacy,
  text,
  url,
} from './common-schema.ts'

const bound = z.union([z.number(), z.literal('today'), date], 'a number, or for a date today or YYYY-MM-DD')

const option = object({ value: text, label: localized })

export const fieldTypes = [
  ...(['text', 'textarea', 'email', 'tel', 'url', 'number', 'date'] as const),
  ...(['select', 'radio', 'multiselect', 'checkbox', 'hidden'] as const),
] as const

const field = object({
  name: attributeName.describe('Also the lead attribute it fills'),
  type: z.enum(fieldTypes),
  required: z.boolean().default(false),
  label: localized.exactOptional().describe('Label of the field; only hidden fields need none'),
  help: localized.exactOptional().describe('Shown below the field'),
  placeholder: localized.exactOptional().describe('Shown in the field while it is empty'),
  maxLength: z.int().min(1).max(10_000).exactOptional(),
  min: bound.exactOptional().describe('Smallest number, or earliest date: today, or YYYY-MM-DD'),
  max: bound.exactOptional().describe('Largest number, or latest date: today, or YYYY-MM-DD'),
  options: z
    .array(z.union([option, text]))
    .min(1)
    .exactOptional(),
  source: z
    .string()
    .regex(
      /^query\.[A-Za-z0-9_-]{1,64}$/,
      'must be query. and the name of a parameter, such as query.utm_source',
    )
    .transform((source) => source.slice('query.'.length))
    .exactOptional()
    .describe(
      "Parameter of the page's address that fills a hidden field: query.utm_campaign; absent: the field's name",
    ),
  ask: z
    .literal('whenUnknown')
    .exactOptional()
    .describe('whenUnknown: skipped for people who come from an email and whose answer is known'),
})

/** A hidden field needs no label. */
const seen = field.superRefine(({ type, label }, context) => {
  if (type !== 'hidden' && label === undefined)
    context.addIssue({ code: 'custom', message: `"label" is missing`, path: [] })
})

/** An option may be a plain text, used as value and label in every language. */
const labelled = (
  { options, label = {}, min, max, ...others }: z.output<typeof field>,
  tags: readonly string[],
): FormField => {
  const rest = { ...others, ...boundsOf(min, max) }
  return options === undefined
    ? { ...rest, label }
    : {
        ...rest,
        label,
        options: options.map((one) =>
          typeof one === 'string'
            ? { value: one, label: Object.fromEntries(tags.map((tag) => [tag, one])) }
            : one,
        ),
      }
}

/** Numbers have numeric bounds, dates have days. */
const boundsOf = (
  min: number | string | undefined,
  max: number | string | undefined,
): Pick<FormField, 'min' | 'max' | 'earliest' | 'latest'> => ({
  ...(typeof min === 'number' && { min }),
  ...(typeof max === 'number' && { max }),
  ...(typeof min === 'string' && { earliest: min }),
  ...(typeof max === 'string' && { latest: max }),
})

const ownPage = object({
  title: localized.exactOptional(),
  text: localized.describe('Paragraphs; links are written [text](https://…)'),
  link: object({
    label: localized,
    address: z.union([url, z.record(language, url)], 'must be an https:// address, or one for each language'),
  })
    .exactOptional()
    .describe('A button: to a guide, to the site'),
})

export const formSchema = (checks: Checks): z.ZodType<Form> =>
  object({
    id,
    languages,
    title: localized,
    intro: localized.exactOptional(),
    submit: localized.exactOptional().describe('What the button says'),
    consent: z.enum(['double-opt-in', 'single-opt-in', 'none']),
    purpose: id.exactOptional(),
    wording: localized.exactOptional().describe('What the person agrees to, word for word: kept as evidence'),
    tracking: z
      .literal(true)
      .exactOptional()
      .describe(
        'The wording also covers measuring opens and clicks; a separate box is better: optIn with the purpose tracking',
      ),
    optIn: object({
      purpose: id,
      wording: localized.describe('Text of the box, word for word'),
      activity: checked(activityType, checks.newActivityType).exactOptional(),
    })
      .exactOptional()
      .describe('A box for a further consent, confirmed by email (double opt-in)'),
    activity: checked(activityType, checks.newActivityType).exactOptional(),
    properties: z
      .array(attributeName)
      .min(1)
      .exactOptional()
      .describe('Fields copied to the activity, for rules and figures: [rating]'),
    thanks: z
      .union([url, ownPage], 'must be an https:// address, or a text with a link: { text, link }')
      .exactOptional()
      .describe('Page after sending: an address, or a custom text; absent: the built-in page'),
    confirmed: ownPage
      .exactOptional()
      .describe('Custom text of the page after the confirmation: the guide requested'),
    privacy: privacy
      .exactOptional()
      .describe('The privacy policy, if it differs from settings.yaml: an address, or one for each language'),
    origins: z.array(origin).default([]).describe('Sites that may embed the form'),
    columns: z
      .union([z.literal(1), z.literal(2)], 'one column or two: 1 or 2')
      .exactOptional()
      .describe('Columns where there is room; absent: 2 from seven fields on'),
    page: z
      .union([url, z.record(language, url)], 'must be an https:// address, or one for each language')
      .exactOptional()
      .describe(
        'Page of your site that embeds the form: {{ links.forms.NAME }} of emails leads there, and the form asks the reader for what is not known yet; its site has to be among the origins',
      ),
    fields: z.array(seen).min(1),
  }).transform((form): Form => ({ ...form, fields: form.fields.map((one) => labelled(one, form.languages)) }))
