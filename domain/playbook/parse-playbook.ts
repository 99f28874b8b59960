import { isScalar, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import type { Condition } from '../condition/condition.ts'
import { underThisFold } from '../lead/lead-state.ts'
import { builtInActivityTypes, isSystemEmail } from '../model/built-in-names.ts'
import { didYouMean, didYouMeanOneOf, nearestName } from '../model/did-you-mean.ts'
import type { Playbook } from '../model/playbook.ts'
import { largestFiles, largestPlaybook } from '../model/playbook.ts'
import { rawText } from '../model/raw.ts'
import type { Sequence } from '../model/sequence.ts'
import { checkActivityTypes, checkCondition } from './check-condition.ts'
import { checkEmailFiles, checkEmailKinds } from './check-emails.ts'
import { checkForm } from './check-form.ts'
import { checkHandoff, checkRecycle } from './check-handoff.ts'
import {
  checkEnters,
  checkEventCondition,
  checkEventExpression,
  checkSequence,
  dateFindings,
} from './check-sequence.ts'
import { checkFunnel, checkHook, checkPurposes, checkScoring, ownHosts as hostsOf } from './check-settings.ts'
import { compareFaults, eachOnce, type Fault, isError } from './fault.ts'
import { type Checks, type Finding, readShape } from './faults.ts'
import { collectNames, type Names } from './names.ts'
import { brandConstants, type EmailSource, parseEmail } from './parse-email.ts'
import {
  type EmailFile,
  funnelFile,
  handoffFile,
  scoringFile,
  settingsFile,
  sortFiles,
  strayParts,
} from './playbook-files.ts'
import { checkPoints, checkReach, type ScoreBounds, scoreBounds, unknownBounds, whyDecided } from './reach.ts'
import { activityTypePattern } from './schema/common-schema.ts'
import { formSchema } from './schema/form-schema.ts'
import { handoffSchema } from './schema/handoff-schema.ts'
import { hookSchema } from './schema/hook-schema.ts'
import { funnelSchema, scoringSchema } from './schema/scoring-schema.ts'
import { sequenceSchema } from './schema/sequence-schema.ts'
import { settingsSchema } from './schema/settings-schema.ts'
import { positionAt, readYaml, type YamlFile } from './yaml-file.ts'

const known =
  (what: string, names: readonly string[]) =>
  (name: string): readonly Finding[] =>
    names.includes(name) ? [] : [{ message: `unknown ${what} "${name}"${didYouMeanOneOf(name, names)}` }]

const likely =
  (what: string, names: readonly string[], isPossible: (name: string) => boolean) =>
  (name: string): readonly Finding[] =>
    names.includes(name) || !isPossible(name) || nearestName(name, names) === undefined
      ? []
      : [
          {
            message: `unknown ${what} "${name}"${didYouMean(name, names)}`,
            severity: 'warning',
          },
        ]

/**
 * A form may bring in a type of its own: one that the rest of the playbook goes by is meant, however near it is to another.
 */
const newTypes = ({ namedTypes = [] }: Names): ((name: string) => readonly Finding[]) => {
  const check = likely('activity type', [...builtInActivityTypes, ...namedTypes], (type) =>
    activityTypePattern.test(type),
  )
  return (name) => (namedTypes.includes(name) ? [] : check(name))
}

const ofTheSystem = (email: string): readonly Finding[] => [
  { message: `"${email}" is sent by the system itself, and not by a sequence` },
]

/** Checks against the names of one playbook. Activity types and attributes may be new: only near misses are told. */
const makeChecks = (names: Names, bounds: ScoreBounds): Checks => {
  const knownEmail = known('email', names.emails)
  const decided = ({ source, constant }: Condition) => {
    const found = whyDecided(source, constant, bounds)
    return found === undefined ? [] : [{ ...found, severity: 'warning' as const }]
  }
  const isPossible = (type: string): boolean => activityTypePattern.test(type)
  return {
    leadCondition: (source) => checkCondition(source, 'lead', names, decided),
    entryCondition: (source) =>
      checkCondition(source, 'lead', names, (condition) => decided(condition).filter(({ always }) => always)),
    activityCondition: (source) => checkCondition(source, 'activity', names, decided),
    points: (source) => checkPoints(source, names),
    eventCondition: (source) => checkEventCondition(source, names),
    eventExpression: (source) => checkEventExpression(source, names),
    email: (email) => (isSystemEmail(email) ? ofTheSystem(email) : knownEmail(email)),
    team: known('team', names.teams),
    sequence: known('sequence', names.sequences),
    newActivityType: newTypes(names),
    activityType: likely('activity type', names.activityTypes, isPossible),
    dateAttribute: (name) => dateFindings(name, names),
    attribute: (name) =>
      names.attributes.includes(name)
        ? []
        : [
            {
              message: `no form asks for "${name}"${didYouMean(name, names.attributes)}`,
              severity: 'warning',
            },
          ],
  }
}

/** A checked playbook whose emails are MJML still, and which has no versions yet. */
export interface PlaybookSource extends Omit<Playbook, 'version' | 'rulesVersion' | 'sequences' | 'emails'> {
  readonly sequences: Readonly<Record<string, Omit<Sequence, 'version'>>>
  readonly emails: Readonly<Record<string, Readonly<Record<string, EmailSource>>>>
}

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
  const sequences = reader.readEach(sequenceFiles, sequenceSchema, (yaml) => [
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
  return { playbook: { settings, scoring, funnel, handoff, forms, sequences, hooks, emails }, emails, faults }
}

type Digest = (text: string) => string

const withVersions = (
  sequences: PlaybookSource['sequences'],
  digest: Digest,
): Readonly<Record<string, Sequence>> =>
  Object.fromEntries(
    Object.entries(sequences).map(([id, sequence]) => [
      id,
      { ...sequence, version: digest(JSON.stringify(sequence)).slice(0, 16) },
    ]),
  )

/** Names a checked playbook by its content. @param digest SHA-256 in hex. */
export const assemblePlaybook = (
  source: PlaybookSource,
  emails: Playbook['emails'],
  digest: Digest,
): Playbook => {
  const content = { ...source, sequences: withVersions(source.sequences, digest), emails }
  const { scoring, funnel, forms, sequences } = content
  // Whom sales has, and whom it tells, moves no lead: somebody's holidays must not have everybody judged again.
  const { notify: _notify, teams: _teams, accept: _accept, ...handoff } = content.handoff
  const { timeZone, softBounces, doubleOptIn } = source.settings
  const rules = { scoring, funnel, handoff, forms, sequences, timeZone, softBounces, doubleOptIn }
  return {
    version: digest(JSON.stringify(content)),
    rulesVersion: underThisFold(digest(JSON.stringify(rules)).slice(0, 16)),
    ...content,
  }
}

/** `https://host/path`, with somebody's name and password before the host or without. */
const address = /\b([a-z][a-z0-9+.-]*:)(?:\\?\/){2}(?:[^\s/?#@'"<>]*@)?([^\s/?#\\'"<>]+)[\\/?#][^\s'"<>]*/gi

const hidden = (text: string): string => text.replace(address, '$1//$2/…')

/** No playbook is as deep: what is nested deeper is looked at as text alone. */
const deepest = 400

/** Values as the parser reads them: escapes and line breaks may stand between the letters of an address. */
const hideValues = (text: string): string => {
  const document = parseDocument(text, { logLevel: 'silent' })
  const found: { readonly from: number; readonly to: number; readonly value: string }[] = []
  visit(document, (_key, node, path) => {
    if (path.length > deepest) return visit.SKIP
    if (!isScalar(node) || typeof node.value !== 'string' || !node.range) return undefined
    const value = hidden(node.value)
    if (value !== node.value) found.push({ from: node.range[0], to: node.range[1], value })
    return undefined
  })
  return found.reduceRight((rest, { from, to, value }) => {
    const end = rest.slice(from, to).endsWith('\n') ? '\n' : ''
    return `${rest.slice(0, from)}${JSON.stringify(value)}${end}${rest.slice(to)}`
  }, text)
}

/**
 * A file of a playbook for people who may not know the addresses in it: whoever knows that of a channel may write there. Of
 * each the host stays, in values as in comments; a text without any stays as it is.
 */
export const hideAddresses = (text: string): string => hidden(hideValues(text))

export const filesTooLarge = 'must have at most 300 KB when compressed'
export const playbookTooLarge = 'the compiled emails are too large: 390 KB when compressed is the most'

/** A playbook that cannot be kept cannot be published, and must not be deployed: every run of a sequence keeps its own. */
export const sizeFaults = (bytes: {
  readonly playbook: number
  readonly files: number
}): readonly Fault[] => {
  const fault = (message: string): Fault => ({
    file: 'emails',
    line: 1,
    column: 1,
    message,
    severity: 'error',
  })
  if (bytes.playbook > largestPlaybook) return [fault(playbookTooLarge)]
  return bytes.files > largestFiles ? [fault(`the playbook's files ${filesTooLarge}`)] : []
}
