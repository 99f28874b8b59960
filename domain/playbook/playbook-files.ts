import { didYouMean } from '../model/did-you-mean.ts'
import type { Fault } from './fault.ts'
import { layoutFile } from './parse-email.ts'

export const settingsFile = 'settings.yaml'
export const scoringFile = 'scoring.yaml'
export const funnelFile = 'funnel.yaml'
export const handoffFile = 'handoff.yaml'

const single = [settingsFile, scoringFile, funnelFile, handoffFile]
const idPattern = '[a-z0-9][a-z0-9_-]{0,63}'
const formFile = new RegExp(`^forms/(${idPattern})\\.yaml$`)
const sequenceFile = new RegExp(`^sequences/(${idPattern})\\.yaml$`)
const segmentFile = new RegExp(`^segments/(${idPattern})\\.yaml$`)
const hookFile = new RegExp(`^hooks/(${idPattern})\\.yaml$`)
const emailFile = new RegExp(`^emails/(${idPattern})\\.([A-Za-z]{2,3}(?:-[A-Za-z0-9]+)*)\\.mjml$`)

export interface EmailFile {
  readonly file: string
  readonly email: string
  readonly language: string
}

/** The files of a playbook by kind. */
interface PlaybookFiles {
  readonly forms: readonly { readonly file: string; readonly id: string }[]
  readonly sequences: readonly { readonly file: string; readonly id: string }[]
  readonly segments: readonly { readonly file: string; readonly id: string }[]
  readonly hooks: readonly { readonly file: string; readonly id: string }[]
  readonly emails: readonly EmailFile[]
  /** MJML in `emails/` that is not an email: the layout and includes. */
  readonly parts: readonly string[]
  readonly faults: readonly Fault[]
}

/** Whether a file belongs to the playbook; `schema/` is generated and ignored. */
export const isPlaybookFile = (file: string): boolean =>
  /^[^/]+\.ya?ml$|^(forms|sequences|segments|hooks)\/[^/]+$|^assets\/[^/]+$|^emails\/.+$/.test(file)

const misplaced = /^[^/]+\.ya?ml$|^(forms|sequences|segments|hooks|emails)\/.*\.(ya?ml|mjml)$/

const faultAt = (file: string, message: string, severity: Fault['severity'] = 'error'): Fault => ({
  file,
  line: 1,
  column: 1,
  message,
  severity,
})

const notRead = (file: string): string =>
  file.startsWith('emails/')
    ? 'not read: an email is MJML, and named <email>.<language>.mjml'
    : 'not read: only *.yaml is read here'

/** MJML that is neither an email nor included by one, unless its name marks it as a part. */
export const strayParts = (parts: readonly string[], used: ReadonlySet<string>): readonly Fault[] =>
  parts
    .filter((file) => !used.has(file) && file !== layoutFile)
    .map((file) =>
      /^emails\/(_[^/]*|.+\/[^/]+)$/.test(file)
        ? faultAt(file, 'no email includes this file', 'warning')
        : faultAt(file, 'an email is named <email>.<language>.mjml, in lower case'),
    )

const named = (pattern: RegExp, files: readonly string[]): { file: string; id: string }[] =>
  files.flatMap((file) => {
    const id = pattern.exec(file)?.[1]
    return id === undefined ? [] : [{ file, id }]
  })

/** Classifies file names (relative, with `/`); YAML and MJML files that would be ignored are faults. */
export const sortFiles = (names: Iterable<string>): PlaybookFiles => {
  const files = [...names].sort()
  const forms = named(formFile, files)
  const sequences = named(sequenceFile, files)
  const segments = named(segmentFile, files)
  const hooks = named(hookFile, files)
  const emails = files.flatMap((file): EmailFile[] => {
    const [, email, language] = emailFile.exec(file) ?? []
    return email === undefined || language === undefined ? [] : [{ file, email, language }]
  })
  const parts = files.filter((file) => /^emails\/.+\.mjml$/.test(file) && !emailFile.test(file))
  const known = new Set([
    ...parts,
    ...single,
    ...files.filter((file) => file.startsWith('assets/')),
    ...[...forms, ...sequences, ...segments, ...hooks, ...emails].map(({ file }) => file),
  ])
  const stray = files.filter((file) => misplaced.test(file) && !known.has(file))
  const missing = single.filter((file) => !known.has(file) || !files.includes(file))
  return {
    forms,
    sequences,
    segments,
    hooks,
    emails,
    parts,
    faults: [
      ...stray.map((file) => faultAt(file, `not a file of the playbook${didYouMean(file, single)}`)),
      ...files
        .filter((file) => !known.has(file) && !stray.includes(file) && !/(^|\/)\.|~$/.test(file))
        .map((file) => faultAt(file, notRead(file), 'warning')),
      ...missing.map((file) => faultAt(file, 'the file is missing')),
    ],
  }
}
