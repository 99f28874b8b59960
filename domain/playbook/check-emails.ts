import { isSystemEmail, requiredEmails } from '../model/built-in-names.ts'
import { nearestName } from '../model/did-you-mean.ts'
import type { Fault } from './fault.ts'
import type { EmailSource } from './parse-email.ts'
import type { EmailFile } from './playbook-files.ts'

const fault = (file: string, message: string, severity: Fault['severity'] = 'error'): Fault => ({
  file,
  line: 1,
  column: 1,
  message,
  severity,
})

const versionsOf = (emails: readonly EmailFile[]): ReadonlyMap<string, readonly EmailFile[]> =>
  Map.groupBy(emails, ({ email }) => email)

/** Languages in which emails are missing: an error for the fallback, else a warning. */
const missingLanguages = (emails: readonly EmailFile[], languages: readonly string[]): readonly Fault[] =>
  [...versionsOf(emails)].flatMap(([email, versions]) =>
    languages
      .filter((language) => !versions.some((version) => version.language === language))
      .map((language) => {
        const file = versions[0]?.file ?? `emails/${email}.${language}.mjml`
        return language === languages[0]
          ? fault(
              file,
              `"${email}" is missing in "${language}", the fallback: emails/${email}.${language}.mjml`,
            )
          : fault(file, `"${email}" is missing in "${language}"; it is sent in "${languages[0]}"`, 'warning')
      }),
  )

const unknownLanguages = (emails: readonly EmailFile[], languages: readonly string[]): readonly Fault[] =>
  emails
    .filter(({ language }) => !languages.includes(language))
    .map(({ file, language }) => {
      const near = nearestName(language, languages)
      const guess = near === undefined ? '' : `; did you mean "${near}"?`
      return fault(file, `"${language}" is not among the languages of settings.yaml${guess}`, 'warning')
    })

const missingEmails = (emails: readonly EmailFile[], language: string): readonly Fault[] =>
  requiredEmails
    .filter((required) => !emails.some(({ email }) => email === required))
    .map((required) => fault(`emails/${required}.${language}.mjml`, `the email "${required}" is required`))

/** Checks across emails: required ones, and missing languages. */
export const checkEmailFiles = (
  emails: readonly EmailFile[],
  languages: readonly string[],
): readonly Fault[] => {
  const [fallback = 'en'] = languages
  return [
    ...missingEmails(emails, fallback),
    ...(languages.length === 0
      ? []
      : [...missingLanguages(emails, languages), ...unknownLanguages(emails, languages)]),
  ]
}

/** An email is of the same kind in all languages; emails of the system are not marketing. */
export const checkEmailKinds = (
  emails: readonly (EmailFile & { readonly source: EmailSource })[],
): readonly Fault[] => {
  const faults: Fault[] = []
  for (const [email, versions] of Map.groupBy(emails, (version) => version.email)) {
    const [first] = versions
    for (const { file, source } of versions) {
      if (isSystemEmail(email) && source.kind === 'marketing')
        faults.push(fault(file, `"${email}" is sent by the system: its kind must be transactional`))
      else if (first !== undefined && source.kind !== first.source.kind)
        faults.push(fault(file, `the kind is ${source.kind} here and ${first.source.kind} in ${first.file}`))
    }
  }
  return faults
}

/** An email has the same variants in all languages; what the system sends has none. */
export const checkVariants = (
  files: readonly EmailFile[],
  emails: readonly (EmailFile & { readonly source: EmailSource })[],
): readonly Fault[] => {
  const variantsOf = ({ file }: EmailFile) => [
    ...new Set(emails.filter((one) => one.file === file).map(({ email }) => email)),
  ]
  return [...versionsOf(files)].flatMap(([email, versions]) => {
    const all = new Set(versions.flatMap(variantsOf))
    return versions.flatMap((version) => {
      const own = variantsOf(version)
      if (own.length > 1 && isSystemEmail(email))
        return [fault(version.file, `"${email}" is sent by the system: no split tries its variants`)]
      const lacks = own.length === 0 ? [] : [...all].filter((one) => !own.includes(one))
      return lacks.map((one) =>
        fault(
          version.file,
          `the variant "${one.slice(email.length + 1)}" is missing here, and there in another language`,
        ),
      )
    })
  })
}
