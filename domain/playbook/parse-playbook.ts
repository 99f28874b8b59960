import type { z } from 'zod'
import { brandConstants } from '../email/brand-constants.ts'
import { type EmailSource, parseEmail } from '../email/parse-email.ts'
import { parseSteps, type RawSequence } from '../sequence/parse-steps.ts'
import type { Sequence } from '../sequence/sequence.ts'
import { checkActivityTypes } from './check-activity-types.ts'
import { checkEmailFiles, checkEmailKinds } from './check-emails.ts'
import { checkEnters } from './check-enters.ts'
import { checkForm } from './check-form.ts'
import { checkFunnel } from './check-funnel.ts'
import { checkHandoff } from './check-handoff.ts'
import { checkHook } from './check-hook.ts'
import { checkPurposes } from './check-purposes.ts'
import { checkReach } from './check-reach.ts'
import { checkRecycle } from './check-recycle.ts'
import { checkScoring } from './check-scoring.ts'
import { checkSequence } from './check-sequence.ts'
import type { Checks } from './checks.ts'
import { compareFaults, eachOnce, type Fault, isError } from './fault.ts'
import { makeChecks } from './make-checks.ts'
import { collectNames } from './names.ts'
import { ownHosts as hostsOf } from './own-hosts.ts'
import type { Playbook } from './playbook.ts'
import {
  type EmailFile,
  funnelFile,
  handoffFile,
  scoringFile,
  settingsFile,
  sortFiles,
  strayParts,
} from './playbook-files.ts'
import { rawText } from './raw.ts'
import { readShape } from './read-shape.ts'
import { formSchema } from './schema/form-schema.ts'
import { funnelSchema } from './schema/funnel-schema.ts'
import { handoffSchema } from './schema/handoff-schema.ts'
import { hookSchema } from './schema/hook-schema.ts'
import { scoringSchema } from './schema/scoring-schema.ts'
import { sequenceSchema } from './schema/sequence-schema.ts'
import { settingsSchema } from './schema/settings-schema.ts'
import { scoreBounds, unknownBounds } from './score-bounds.ts'
import { positionAt } from './text-position.ts'
import { readYaml, type YamlFile } from './yaml-file.ts'

/** A checked playbook whose emails are MJML still, and which has no versions yet. */
export interface PlaybookSource extends Omit<Playbook, 'version' | 'rulesVersion' | 'sequences' | 'emails'> {
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

/** Reads files by their schemas, and gathers the faults of all. */
class Reader {
  readonly faults: Fault[] = []
  readonly #checks: Checks

  constructor(checks: Checks) {
    this.#checks = checks
  }

  /** @param further what the schema cannot say; asked of every file that is YAML at all. */
  read<T>(
    yaml: YamlFile | undefined,
    schema: (checks: Checks) => z.ZodType<T>,
    further: (yaml: YamlFile) => readonly Fault[],
  ): T | undefined {
    if (yaml === undefined) return undefined
    const { value, faults } = readShape(yaml, schema, this.#checks)
    this.faults.push(...faults)
    if (yaml.root !== undefined && !yaml.faults.some(isError)) this.faults.push(...further(yaml))
    return value
  }

  /** The same for each file of a folder, by id. */
  readEach<T>(
    files: readonly { readonly id: string; readonly yaml: YamlFile }[],
    schema: (checks: Checks) => z.ZodType<T>,
    further: (yaml: YamlFile) => readonly Fault[],
  ): Readonly<Record<string, T>> {
    const values = files.flatMap(({ id, yaml }): [string, T][] => {
      const value = this.read(yaml, schema, (file) => [...namedAlike(file, id), ...further(file)])
      return value === undefined ? [] : [[id, value]]
    })
    return Object.fromEntries(values)
  }
}

/** A file in another encoding, such as Windows-1252, has lost its letters by the time it is read as UTF-8. */
const lostLetters = (files: ReadonlyMap<string, string>): readonly Fault[] =>
  [...files].flatMap(([file, text]) => {
    const at = text.search(/\uFFFD/)
    if (at < 0) return []
    const message = 'a letter is lost here: save the file as UTF-8'
    return [{ file, ...positionAt(text, at), message, severity: 'error' }]
  })

/** Attributes that conditions ask for: the user's own programs may give them. */
const mentionedAttributes = (files: ReadonlyMap<string, string>): readonly string[] =>
  [...files].flatMap(([file, text]) =>
    /\.ya?ml$/.test(file) ? [...text.matchAll(/\blead\.(\w+)/g)].map(([, name = '']) => name) : [],
  )

const byLanguage = (
  emails: readonly (EmailFile & { readonly source: EmailSource })[],
): PlaybookSource['emails'] =>
  Object.fromEntries(
    [...Map.groupBy(emails, ({ email }) => email)].map(([email, versions]) => [
      email,
      Object.fromEntries(versions.map(({ language, source }) => [language, source])),
    ]),
  )

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
  const yamlOf = (file: string): YamlFile => readYaml(file, files.get(file) ?? '')
  const [settingsYaml, scoringYaml, funnelYaml, handoffYaml] = [
    settingsFile,
    scoringFile,
    funnelFile,
    handoffFile,
  ].map((file) => (files.has(file) ? yamlOf(file) : undefined))
  const formFiles = sorted.forms.map(({ file, id }) => ({ id, yaml: yamlOf(file) }))
  const sequenceFiles = sorted.sequences.map(({ file, id }) => ({ id, yaml: yamlOf(file) }))
  const hookFiles = sorted.hooks.map(({ file, id }) => ({ id, yaml: yamlOf(file) }))
  const names = collectNames({
    emails: [...new Set(sorted.emails.map(({ email }) => email))],
    settings: settingsYaml?.root,
    scoring: scoringYaml?.root,
    funnel: funnelYaml?.root,
    handoff: handoffYaml?.root,
    forms: formFiles.map(({ yaml }) => yaml.root),
    sequences: sequenceFiles.map(({ yaml }) => yaml.root),
    hooks: hookFiles.map(({ yaml }) => yaml.root),
    sequenceIds: sequenceFiles.map(({ id }) => id),
  })
  const own = scoreBounds(scoringYaml?.root)
  const scoringReader = new Reader(makeChecks(names, own))
  const scoring = scoringReader.read(scoringYaml, scoringSchema, (yaml) => checkScoring(yaml, names))
  const isSound = scoring !== undefined && !scoringReader.faults.some(isError)
  const bounds = isSound ? own : unknownBounds
  const reader = new Reader(makeChecks(names, bounds))

  const settings = reader.read(settingsYaml, settingsSchema, () => [])
  const funnel = reader.read(funnelYaml, funnelSchema, (yaml) => checkFunnel(yaml, bounds))
  const handoff = reader.read(handoffYaml, handoffSchema, (yaml) => checkHandoff(yaml, bounds))
  const forms = reader.readEach(formFiles, formSchema, checkForm)
  const hooks = reader.readEach(hookFiles, hookSchema, checkHook)
  const rawSequences = reader.readEach(sequenceFiles, sequenceSchema, (yaml) => [
    ...checkSequence(yaml),
    ...checkReach(yaml, names.emails),
  ])
  const formIds = sorted.forms.map(({ id }) => id)
  const ownHosts = hostsOf([settingsYaml?.root, ...formFiles.map(({ yaml }) => yaml.root)])
  const mentioned = mentionedAttributes(files)
  const brand = brandConstants(settingsYaml?.root)
  const used = new Set<string>()
  const drafts: (EmailFile & { readonly source: EmailSource })[] = []
  const readEmails = sorted.emails.flatMap((email) => {
    const text = files.get(email.file) ?? ''
    const parsed = parseEmail(email.file, text, email.email, {
      attributes: names.attributes,
      dates: names.dates ?? [],
      mentioned,
      forms: formIds,
      ownHosts,
      files,
      brand,
    })
    for (const part of parsed.parts) used.add(part)
    reader.faults.push(...parsed.faults)
    if (parsed.draft !== undefined) drafts.push({ ...email, source: parsed.draft })
    return parsed.email === undefined ? [] : [{ ...email, source: parsed.email }]
  })

  const emails = byLanguage(drafts)
  const faults = eachOnce([
    ...sorted.faults,
    ...strayParts(sorted.parts, used),
    ...lostLetters(files),
    ...scoringReader.faults,
    ...reader.faults,
    ...checkEmailFiles(sorted.emails, names.languages),
    ...checkEmailKinds(readEmails),
    ...checkPurposes(
      settingsYaml,
      formFiles.map(({ yaml }) => yaml),
      readEmails,
    ),
    ...checkEnters(sequenceFiles),
    ...checkRecycle(handoffYaml, sequenceFiles, bounds),
    ...checkActivityTypes(
      [scoringYaml, funnelYaml, handoffYaml, ...sequenceFiles.map(({ yaml }) => yaml)],
      names.activityTypes,
    ),
  ]).sort(compareFaults)
  if (faults.some(isError) || !settings || !scoring || !funnel || !handoff) return { emails, faults }
  const sequences = Object.fromEntries(Object.entries(rawSequences).map(([id, raw]) => [id, layOut(raw)]))
  return { playbook: { settings, scoring, funnel, handoff, forms, sequences, hooks, emails }, emails, faults }
}
