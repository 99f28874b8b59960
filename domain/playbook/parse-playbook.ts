import { type EmailSource, parseEmail } from '../email/parse-email.ts'
import type { Form } from '../form/form.ts'
import { parseSteps, type RawSequence } from '../sequence/parse-steps.ts'
import type { Sequence } from '../sequence/sequence.ts'
import { checkEmailFiles, checkEmailKinds } from './check-emails.ts'
import { checkForm } from './check-form.ts'
import { checkFunnel } from './check-funnel.ts'
import { checkHandoff } from './check-handoff.ts'
import { checkScoring } from './check-scoring.ts'
import { checkSequence } from './check-sequence.ts'
import type { Checks } from './checks.ts'
import { compareFaults, type Fault, isError } from './fault.ts'
import { makeChecks } from './make-checks.ts'
import { collectNames } from './names.ts'
import type { Playbook } from './playbook.ts'
import { funnelFile, handoffFile, scoringFile, settingsFile, sortFiles } from './playbook-files.ts'
import { rawText } from './raw.ts'
import { readShape, type Shaped } from './read-shape.ts'
import { formSchema } from './schema/form-schema.ts'
import { funnelSchema } from './schema/funnel-schema.ts'
import { handoffSchema } from './schema/handoff-schema.ts'
import { scoringSchema } from './schema/scoring-schema.ts'
import { sequenceSchema } from './schema/sequence-schema.ts'
import { settingsSchema } from './schema/settings-schema.ts'
import { scoreBounds } from './score-bounds.ts'
import { readYaml, type YamlFile } from './yaml-file.ts'

/** A checked playbook whose emails are MJML still, and which has no versions yet. */
export interface PlaybookSource extends Omit<Playbook, 'version' | 'sequences' | 'emails'> {
  readonly sequences: Readonly<Record<string, Omit<Sequence, 'version'>>>
  readonly emails: Readonly<Record<string, Readonly<Record<string, EmailSource>>>>
}

const layOut = ({ steps, ...sequence }: RawSequence): Omit<Sequence, 'version'> => ({
  ...sequence,
  program: parseSteps(steps),
})

/** The id in a file is the file's name. */
const namedAlike = (yaml: YamlFile, id: string): readonly Fault[] => {
  const written = rawText(yaml.root, 'id')
  return written === undefined || written === id
    ? []
    : [yaml.fault(['id'], `the id must be the file's name, "${id}"`)]
}

/**
 * Reads and checks a whole playbook.
 * @param files text of each file by its path relative to the playbook's folder.
 * @returns every fault of all files, in order of place; `playbook` is there when none is an error.
 */
export const parsePlaybook = (
  files: ReadonlyMap<string, string>,
): {
  readonly playbook?: PlaybookSource
  /** Every email that can be read, even where the playbook as a whole has errors. */
  readonly emails: PlaybookSource['emails']
  readonly faults: readonly Fault[]
} => {
  const sorted = sortFiles(files.keys())
  const faults: Fault[] = [...sorted.faults]
  const yamlOf = (file: string): YamlFile => readYaml(file, files.get(file) ?? '')
  const [settings, scoring, funnel, handoff] = [settingsFile, scoringFile, funnelFile, handoffFile].map(
    (file) => (files.has(file) ? yamlOf(file) : undefined),
  )
  const forms = sorted.forms.map(({ file, id }) => ({ id, yaml: yamlOf(file) }))
  const sequences = sorted.sequences.map(({ file, id }) => ({ id, yaml: yamlOf(file) }))
  const names = collectNames({
    emails: [...new Set(sorted.emails.map(({ email }) => email))],
    settings: settings?.root,
    scoring: scoring?.root,
    handoff: handoff?.root,
    forms: forms.map(({ yaml }) => yaml.root),
    sequences: sequences.map(({ yaml }) => yaml.root),
  })
  const checks = makeChecks(names)

  const read = <T>(
    yaml: YamlFile | undefined,
    schema: Parameters<typeof readShape<T>>[1],
    further: (yaml: YamlFile) => readonly Fault[],
  ): T | undefined => {
    if (yaml === undefined) return undefined
    const shaped: Shaped<T> = readShape(yaml, schema, checks)
    faults.push(...shaped.faults)
    if (yaml.root !== undefined && !yaml.faults.some(isError)) faults.push(...further(yaml))
    return shaped.value
  }

  const bounds = scoreBounds(scoring?.root)
  const parts = {
    settings: read(
      settings,
      (_: Checks) => settingsSchema(),
      () => [],
    ),
    scoring: read(scoring, scoringSchema, checkScoring),
    funnel: read(funnel, funnelSchema, (yaml) => checkFunnel(yaml, bounds)),
    handoff: read(handoff, handoffSchema, (yaml) => checkHandoff(yaml, bounds)),
  }
  const readForms: Record<string, Form> = {}
  for (const { id, yaml } of forms) {
    const form = read(yaml, formSchema, (file) => [...namedAlike(file, id), ...checkForm(file)])
    if (form !== undefined) readForms[id] = form
  }
  const readSequences: Record<string, Omit<Sequence, 'version'>> = {}
  for (const { id, yaml } of sequences) {
    const sequence = read(yaml, sequenceSchema, (file) => [...namedAlike(file, id), ...checkSequence(file)])
    if (sequence !== undefined) readSequences[id] = layOut(sequence)
  }
  const readEmails = sorted.emails.flatMap((email) => {
    const parsed = parseEmail(email.file, files.get(email.file) ?? '', email.email, names.attributes)
    faults.push(...parsed.faults)
    return parsed.email === undefined ? [] : [{ ...email, source: parsed.email }]
  })
  faults.push(...checkEmailFiles(sorted.emails, names.languages), ...checkEmailKinds(readEmails))
  faults.sort(compareFaults)

  const emails: Record<string, Record<string, EmailSource>> = {}
  for (const { email, language, source } of readEmails)
    emails[email] = { ...emails[email], [language]: source }
  if (
    faults.some(isError) ||
    parts.settings === undefined ||
    parts.scoring === undefined ||
    parts.funnel === undefined ||
    parts.handoff === undefined
  )
    return { emails, faults }
  return {
    playbook: {
      settings: parts.settings,
      scoring: parts.scoring,
      funnel: parts.funnel,
      handoff: parts.handoff,
      forms: readForms,
      sequences: readSequences,
      emails,
    },
    emails,
    faults,
  }
}
