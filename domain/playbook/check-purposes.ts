import { didYouMeanOneOf } from '../did-you-mean.ts'
import type { EmailSource } from '../email/parse-email.ts'
import type { Fault } from './fault.ts'
import { rawAt, rawEntries, rawText } from './raw.ts'
import type { YamlFile, YamlPath } from './yaml-file.ts'

const wording = (purpose: string, known: readonly string[]): string =>
  `settings.yaml has no purpose "${purpose}"${didYouMeanOneOf(purpose, known)}`

/** Where settings say what people may consent to, everything that asks for consent or needs one keeps to that. */
export const checkPurposes = (
  settings: YamlFile | undefined,
  forms: readonly YamlFile[],
  emails: readonly { readonly source: EmailSource }[],
): readonly Fault[] => {
  const known = rawEntries(settings?.root, 'purposes').map(([purpose]) => purpose)
  if (known.length === 0) return []
  const inForm = (yaml: YamlFile, path: YamlPath): readonly Fault[] => {
    const purpose = rawAt(yaml.root, ...path)
    return typeof purpose !== 'string' || known.includes(purpose) || purpose === 'tracking'
      ? []
      : [yaml.fault(path, wording(purpose, known))]
  }
  const missing = (yaml: YamlFile): readonly Fault[] =>
    rawText(yaml.root, 'consent') === 'none' ? [] : inForm(yaml, ['purpose'])
  return [
    ...forms.flatMap((yaml) => [...missing(yaml), ...inForm(yaml, ['optIn', 'purpose'])]),
    ...emails.flatMap(({ source: { file, purpose } }): Fault[] =>
      purpose === undefined || known.includes(purpose)
        ? []
        : [{ file, line: 1, column: 1, message: wording(purpose, known), severity: 'error' }],
    ),
  ]
}
