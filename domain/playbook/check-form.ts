import { didYouMeanOneOf } from '../model/did-you-mean.ts'
import { isRecord, rawAt, rawList, rawText } from '../model/raw.ts'
import { brokenLinks } from '../page/page-layout.ts'
import { repeatedIds } from './check-settings.ts'
import type { Fault } from './fault.ts'
import type { YamlFile, YamlPath } from './yaml-file.ts'

const languagesOf = (yaml: YamlFile): readonly string[] =>
  rawList(yaml.root, 'languages').filter((tag): tag is string => typeof tag === 'string')

/** A text missing in one of the form's languages is an error; one in a further language a warning. */
const translations = (yaml: YamlFile, path: YamlPath): readonly Fault[] => {
  const texts = rawAt(yaml.root, ...path)
  const languages = languagesOf(yaml)
  if (!isRecord(texts) || languages.length === 0) return []
  return [
    ...languages
      .filter((language) => !Object.hasOwn(texts, language))
      .map((language) => yaml.fault(path, `the text in "${language}" is missing`, { at: 'key' })),
    ...Object.keys(texts)
      .filter((language) => !languages.includes(language))
      .map((language) =>
        yaml.fault([...path, language], `the form is not offered in "${language}"`, {
          at: 'key',
          severity: 'warning',
        }),
      ),
  ]
}

/** HTML tags and other links would appear as plain text, which nobody intends. */
const markup = (yaml: YamlFile, path: YamlPath): readonly Fault[] => {
  const texts = rawAt(yaml.root, ...path)
  if (!isRecord(texts)) return []
  return Object.entries(texts).flatMap(([language, text]) => {
    if (typeof text !== 'string') return []
    const at = [...path, language]
    const [broken] = brokenLinks(text)
    return [
      ...(broken === undefined
        ? []
        : [
            yaml.fault(at, `"${broken}" is not a link: its address must begin with https://`, {
              severity: 'warning' as const,
            }),
          ]),
      ...(/<\/?[a-z][^>]*>/i.test(text)
        ? [
            yaml.fault(at, 'HTML is shown as text; a link is written [text](https://…)', {
              severity: 'warning' as const,
            }),
          ]
        : []),
    ]
  })
}

const wordsAt = (yaml: YamlFile, path: YamlPath): readonly Fault[] => [
  ...translations(yaml, path),
  ...markup(yaml, path),
]

const consent = (yaml: YamlFile): readonly Fault[] => {
  const kind = rawText(yaml.root, 'consent')
  const faults: Fault[] = []
  if (kind === 'double-opt-in' || kind === 'single-opt-in')
    for (const key of ['purpose', 'wording'])
      if (rawAt(yaml.root, key) === undefined)
        faults.push(
          yaml.fault(['consent'], `"${key}" is missing: consent needs a purpose, and a wording that is kept`),
        )
  if (kind === 'none')
    for (const key of ['purpose', 'wording', 'tracking'])
      if (rawAt(yaml.root, key) !== undefined)
        faults.push(
          yaml.fault([key], `"${key}" has no effect with consent "none"`, {
            at: 'key',
            severity: 'warning',
          }),
        )
  return faults
}

const addressField = (yaml: YamlFile): readonly Fault[] => {
  const fields = rawList(yaml.root, 'fields')
  const index = fields.findIndex((field) => rawAt(field, 'name') === 'email')
  if (fields.length === 0) return []
  if (index < 0)
    return [yaml.fault(['fields'], 'a form needs a field "email" to identify the person', { at: 'key' })]
  if (rawAt(fields[index], 'type') !== 'email')
    return [yaml.fault(['fields', index, 'type'], 'the field "email" must be of type email')]
  return rawAt(fields[index], 'required') === true
    ? []
    : [yaml.fault(['fields', index], 'the field "email" must be required: true')]
}

/** The page that embeds the form must be on a site that may. */
const embeddingPage = (yaml: YamlFile): readonly Fault[] => {
  const page = rawAt(yaml.root, 'page')
  const paths: readonly YamlPath[] = isRecord(page)
    ? Object.keys(page).map((language) => ['page', language])
    : [['page']]
  const origins = rawList(yaml.root, 'origins')
  return paths.flatMap((path) => {
    const origin = URL.parse(rawText(yaml.root, ...path) ?? '')?.origin
    return origin === undefined || origins.includes(origin)
      ? []
      : [yaml.fault(path, `its site may not embed the form: write ${origin} among "origins"`)]
  })
}

/** Properties of the form's activity must be fields of the form, and known when it is recorded. */
const activityProperties = (yaml: YamlFile): readonly Fault[] => {
  const properties = rawAt(yaml.root, 'properties')
  if (properties === undefined) return []
  if (rawAt(yaml.root, 'activity') === undefined)
    return [yaml.fault(['properties'], '"properties" belong to "activity", which is missing', { at: 'key' })]
  if (rawText(yaml.root, 'consent') === 'double-opt-in')
    return [
      yaml.fault(
        ['properties'],
        'with double-opt-in the activity is recorded on confirmation, which has no fields',
        { at: 'key' },
      ),
    ]
  const names = rawList(yaml.root, 'fields').flatMap((one) => rawText(one, 'name') ?? [])
  return rawList(yaml.root, 'properties').flatMap((name, index) =>
    typeof name !== 'string' || names.includes(name)
      ? []
      : [yaml.fault(['properties', index], `the form has no field "${name}"${didYouMeanOneOf(name, names)}`)],
  )
}

const bounded = ['number', 'date']

const unfitBound = (yaml: YamlFile, path: YamlPath, key: string): readonly Fault[] => {
  const [type, bound] = [rawAt(yaml.root, ...path, 'type'), rawAt(yaml.root, ...path, key)]
  if (bound === undefined || (type === 'number') === (typeof bound === 'number')) return []
  if (type === 'number') return [yaml.fault([...path, key], `"${key}" of a number must be a number`)]
  return type === 'date'
    ? [yaml.fault([...path, key], `"${key}" of a date must be today, or YYYY-MM-DD`)]
    : []
}
const asked = [
  'text',
  'email',
  'tel',
  'url',
  'number',
  'date',
  'select',
  'radio',
  'multiselect',
  'checkbox',
  'textarea',
]
const options = ['select', 'radio', 'multiselect']
const textual = ['text', 'email', 'tel', 'url', 'textarea', 'hidden']

const field = (yaml: YamlFile, index: number): readonly Fault[] => {
  const path = ['fields', index]
  const rules = rawAt(yaml.root, ...path)
  const type = rawText(rules, 'type')
  const faults: Fault[] = []
  if (type !== undefined && options.includes(type) && rawAt(rules, 'options') === undefined)
    faults.push(yaml.fault([...path, 'type'], `a ${type} needs "options"`))
  const onlyFor = (key: string, types: readonly string[]): void => {
    if (type !== undefined && rawAt(rules, key) !== undefined && !types.includes(type))
      faults.push(
        yaml.fault([...path, key], `"${key}" has no meaning for a field of type ${type}`, { at: 'key' }),
      )
  }
  onlyFor('options', options)
  onlyFor('placeholder', ['text', 'email', 'tel', 'url', 'number', 'textarea'])
  for (const key of ['min', 'max']) {
    onlyFor(key, bounded)
    faults.push(...unfitBound(yaml, path, key))
  }
  onlyFor('maxLength', textual)
  onlyFor('source', ['hidden'])
  onlyFor('ask', asked)
  if (rawText(rules, 'name') === 'email' && rawAt(rules, 'ask') !== undefined)
    faults.push(
      yaml.fault([...path, 'ask'], 'the address is always asked for: a link may have been passed on', {
        at: 'key',
      }),
    )
  if (type === 'hidden' && rawAt(rules, 'required') === true)
    faults.push(
      yaml.fault([...path, 'required'], 'a hidden field cannot be filled in: it must not be required', {
        at: 'key',
      }),
    )
  const [min, max] = [rawAt(rules, 'min'), rawAt(rules, 'max')]
  if (typeof min === 'number' && typeof max === 'number' && min > max)
    faults.push(yaml.fault([...path, 'max'], `"max" is below "min" (${min})`))
  return [
    ...faults,
    ...['label', 'help', 'placeholder'].flatMap((key) => wordsAt(yaml, [...path, key])),
    ...repeatedIds(yaml, [...path, 'options'], 'value'),
    ...rawList(rules, 'options').flatMap((_, option) =>
      translations(yaml, [...path, 'options', option, 'label']),
    ),
  ]
}

/** Checks beyond the schema of a form. */
export const checkForm = (yaml: YamlFile): readonly Fault[] => [
  ...[['title'], ['intro'], ['submit'], ['wording'], ['optIn', 'wording']].flatMap((path) =>
    wordsAt(yaml, path),
  ),
  ...['thanks', 'confirmed'].flatMap((key) => [
    ...[
      [key, 'title'],
      [key, 'text'],
      [key, 'link', 'label'],
    ].flatMap((path) => wordsAt(yaml, path)),
    ...translations(yaml, [key, 'link', 'address']),
  ]),
  ...consent(yaml),
  ...addressField(yaml),
  ...embeddingPage(yaml),
  ...activityProperties(yaml),
  ...repeatedIds(yaml, ['fields'], 'name'),
  ...rawList(yaml.root, 'fields').flatMap((_, index) => field(yaml, index)),
]
