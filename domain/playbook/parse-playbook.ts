import { isScalar, parseDocument, visit } from 'yaml'
import type { z } from 'zod'
import { compileCondition } from '../condition/compile-condition.ts'
import type { Condition } from '../condition/condition.ts'
import { underThisFold } from '../lead/fold-version.ts'
import { builtInActivityTypes, isSystemEmail } from '../model/built-in-names.ts'
import { didYouMean, didYouMeanOneOf, nearestName } from '../model/did-you-mean.ts'
import { largestFiles, largestPlaybook, mainVariant, type Playbook, variantId } from '../model/playbook.ts'
import { rawText } from '../model/raw.ts'
import type { Sequence } from '../model/sequence.ts'
import { brandConstants } from './brand-constants.ts'
import { assetsOf, checkAssets, checkLogo, withLogo } from './check-assets.ts'
import { checkActivityTypes, checkCondition } from './check-condition.ts'
import { checkEmailFiles, checkEmailKinds, checkVariants } from './check-emails.ts'
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
import { type EmailSource, emailReader, type KnownEmails, noEmailsKnown, variantsIn } from './parse-email.ts'
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
import { segmentSchema, sequenceSchema } from './schema/sequence-schema.ts'
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

/** A form may introduce an activity type: if the rest of the playbook uses it, it is intended, however similar it is to another. */
const newTypes = ({ namedTypes = [] }: Names): ((name: string) => readonly Finding[]) => {
  const check = likely('activity type', [...builtInActivityTypes, ...namedTypes], (type) =>
    activityTypePattern.test(type),
  )
  return (name) => (namedTypes.includes(name) ? [] : check(name))
}

const ofTheSystem = (email: string): readonly Finding[] => [
  { message: `"${email}" is sent by the system, not by a sequence` },
]

/** Checks against the names of one playbook. Activity types and attributes may be new: only probable typos are reported. */
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
    segment: known('segment', [...(names.segments ?? new Map()).keys()]),
    segmentCondition: (source) =>
      checkCondition(source, 'lead', names, (condition) =>
        decided(condition).filter(() => condition.constant !== true),
      ),
    variantsOf: (email) => [mainVariant, ...(names.variants?.get(email) ?? [])],
    conditionOf: (segment) => names.segments?.get(segment) || 'false',
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

/** A checked playbook with uncompiled emails and without versions. */
export interface PlaybookSource extends Omit<Playbook, 'version' | 'rulesVersion' | 'sequences' | 'emails'> {
  readonly sequences: Readonly<Record<string, Omit<Sequence, 'version'>>>
  readonly emails: Readonly<Record<string, Readonly<Record<string, EmailSource>>>>
}

/** The id in a file must equal the file's name. */
const namedAlike = (yaml: YamlFile, id: string): readonly Fault[] => {
  const written = rawText(yaml.root, 'id')
  return written === undefined || written === id
    ? []
    : [yaml.fault(['id'], `the id must be the file's name, "${id}"`)]
}

/** Reads files by their schemas and collects all faults. */
class Reader {
  readonly faults: Fault[] = []
  readonly #checks: Checks

  constructor(checks: Checks) {
    this.#checks = checks
  }

  /** @param further checks beyond the schema, for every file that is valid YAML. */
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

  /** Reads each file of a folder, by id. */
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

/** A file in another encoding, such as Windows-1252, loses characters when read as UTF-8. */
const lostLetters = (files: Files): readonly Fault[] =>
  [...files].flatMap(([file, text]) => {
    const at = text.search(/\uFFFD/)
    if (at < 0) return []
    const message = 'invalid character: save the file as UTF-8'
    return [{ file, ...positionAt(text, at), message, severity: 'error' }]
  })

/** Attributes in conditions: the user's own programs may set them. */
const mentionedAttributes = (files: Files): readonly string[] =>
  [...files].flatMap(([file, text]) =>
    /\.ya?ml$/.test(file) ? [...text.matchAll(/\blead\.(\w+)/g)].map(([, name = '']) => name) : [],
  )

const byLanguage = (emails: readonly SourceFile[]): PlaybookSource['emails'] =>
  Object.fromEntries(
    [...Map.groupBy(emails, ({ email }) => email)].map(([email, versions]) => [
      email,
      Object.fromEntries(versions.map(({ language, source }) => [language, source])),
    ]),
  )

type Files = ReadonlyMap<string, string>

/** The files of a playbook, sorted and read as YAML. */
const readFiles = (files: Files) => {
  const sorted = sortFiles(files.keys())
  const yamlOf = (file: string): YamlFile => readYaml(file, files.get(file) ?? '')
  const one = (file: string) => (files.has(file) ? yamlOf(file) : undefined)
  const each = (listed: typeof sorted.forms) => listed.map(({ file, id }) => ({ id, yaml: yamlOf(file) }))
  return {
    sorted,
    settings: one(settingsFile),
    scoring: one(scoringFile),
    funnel: one(funnelFile),
    handoff: one(handoffFile),
    forms: each(sorted.forms),
    sequences: each(sorted.sequences),
    segments: each(sorted.segments),
    hooks: each(sorted.hooks),
  }
}

type ReadFiles = ReturnType<typeof readFiles>

const namesIn = (
  files: Files,
  { sorted, settings, scoring, funnel, handoff, forms, sequences, segments, hooks }: ReadFiles,
): Names => ({
  ...collectNames({
    emails: [...new Set(sorted.emails.map(({ email }) => email))],
    settings: settings?.root,
    scoring: scoring?.root,
    funnel: funnel?.root,
    handoff: handoff?.root,
    forms: forms.map(({ yaml }) => yaml.root),
    sequences: sequences.map(({ yaml }) => yaml.root),
    segments: new Map(segments.map(({ id, yaml }) => [id, yaml.root])),
    hooks: hooks.map(({ yaml }) => yaml.root),
    sequenceIds: sequences.map(({ id }) => id),
  }),
  variants: new Map(sorted.emails.map(({ file, email }) => [email, variantsIn(files.get(file) ?? '')])),
})

type SourceFile = EmailFile & { readonly source: EmailSource }

/** Emails that can be read, drafts of those that can at least be compiled, and the files that they are made of. */
const readEmails = (
  files: Files,
  { sorted, settings, forms }: ReadFiles,
  names: Names,
  known: KnownEmails,
) => {
  const assets = assetsOf(files)
  const parse = emailReader(known, {
    attributes: names.attributes,
    dates: names.dates ?? [],
    mentioned: mentionedAttributes(files),
    forms: sorted.forms.map(({ id }) => id),
    ownHosts: hostsOf([settings?.root, ...forms.map(({ yaml }) => yaml.root)]),
    files,
    brand: brandConstants(settings?.root, assets),
    assets,
  })
  const read = sorted.emails.flatMap((file) => {
    const text = files.get(file.file) ?? ''
    return [mainVariant, ...variantsIn(text)].map((variant) => ({
      file: { ...file, email: variantId(file.email, variant) },
      parsed: parse(file.file, text, file.email, variant),
    }))
  })
  const sourcesOf = (which: 'email' | 'draft'): readonly SourceFile[] =>
    read.flatMap(({ file, parsed: { [which]: source } }) => (source ? [{ ...file, source }] : []))
  return {
    emails: sourcesOf('email'),
    drafts: sourcesOf('draft'),
    parts: new Set(read.flatMap(({ parsed }) => parsed.parts)),
    faults: read.flatMap(({ parsed }) => parsed.faults),
  }
}

/** What goes wrong between files. */
const checkTogether = (
  { sorted, settings, scoring, funnel, handoff, forms, sequences, segments }: ReadFiles,
  emails: readonly SourceFile[],
  names: Names,
  bounds: ScoreBounds,
): readonly Fault[] => {
  const yamlsOf = (read: typeof forms) => read.map(({ yaml }) => yaml)
  return [
    ...checkEmailFiles(sorted.emails, names.languages),
    ...checkEmailKinds(emails),
    ...checkVariants(sorted.emails, emails),
    ...checkPurposes(settings, yamlsOf(forms), emails),
    ...checkEnters(sequences),
    ...checkRecycle(handoff, sequences, bounds),
    ...checkActivityTypes(
      [scoring, funnel, handoff, ...yamlsOf(sequences), ...yamlsOf(segments)],
      names.activityTypes,
    ),
  ]
}

interface Parsed extends Pick<PlaybookSource, 'emails' | 'sequences'> {
  readonly playbook?: PlaybookSource
  readonly names: Names
  readonly faults: readonly Fault[]
}

/**
 * Reads and checks a whole playbook.
 * @param files text of each file by its path relative to the playbook's folder.
 * @param known emails of an earlier call, of which this one reads what has changed; it leaves its own there.
 * @returns every fault of all files, in order of place, and what can be read; `playbook` is there when none is an error.
 */
export const parsePlaybook = (files: Files, known = noEmailsKnown()): Parsed => {
  const read = readFiles(files)
  const names = namesIn(files, read)
  const own = scoreBounds(read.scoring?.root)
  const scoringReader = new Reader(makeChecks(names, own))
  const scoring = scoringReader.read(read.scoring, scoringSchema, (yaml) => checkScoring(yaml, names))
  const isSound = scoring !== undefined && !scoringReader.faults.some(isError)
  const bounds = isSound ? own : unknownBounds
  const reader = new Reader(makeChecks(names, bounds))
  const assets = assetsOf(files)
  const settings = withLogo(
    reader.read(read.settings, settingsSchema, (yaml) => checkLogo(yaml, assets)),
    assets,
  )
  const funnel = reader.read(read.funnel, funnelSchema, (yaml) => checkFunnel(yaml, bounds))
  const handoff = reader.read(read.handoff, handoffSchema, (yaml) => checkHandoff(yaml, bounds))
  const forms = reader.readEach(read.forms, formSchema, checkForm)
  const hooks = reader.readEach(read.hooks, hookSchema, checkHook)
  const segments = reader.readEach(read.segments, segmentSchema, () => [])
  const sequences = reader.readEach(read.sequences, sequenceSchema, (yaml) => [
    ...checkSequence(yaml),
    ...checkReach(yaml, names.emails),
  ])
  const mails = readEmails(files, read, names, known)
  const emails = byLanguage(mails.drafts)
  const faults = eachOnce([
    ...read.sorted.faults,
    ...strayParts(read.sorted.parts, mails.parts),
    ...lostLetters(files),
    ...checkAssets(files),
    ...scoringReader.faults,
    ...reader.faults,
    ...mails.faults,
    ...checkTogether(read, mails.emails, names, bounds),
  ]).sort(compareFaults)
  if (faults.some(isError) || !settings || !scoring || !funnel || !handoff)
    return { emails, sequences, names, faults }
  const rules = { settings, scoring, funnel, handoff, forms, sequences }
  const further = Object.keys(segments).length === 0 ? { hooks } : { hooks, segments }
  return { playbook: { ...rules, ...further, emails }, emails, sequences, names, faults }
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

/** What segments have a lead's state keep: activity types, and how long ago they are counted. */
const countedBy = (segments: PlaybookSource['segments'] = {}): readonly string[] => {
  const mentioned = Object.values(segments).flatMap(({ where }) => {
    const compiled = compileCondition(where, 'lead')
    return compiled.type === 'condition' ? compiled.condition.mentions.types : []
  })
  return [...new Set(mentioned.map(({ name, within }) => `${name} ${within ?? ''}`))].sort()
}

/** Computes the versions of a checked playbook. @param digest SHA-256 in hex. */
export const assemblePlaybook = (
  source: PlaybookSource,
  emails: Playbook['emails'],
  digest: Digest,
): Playbook => {
  const content = { ...source, sequences: withVersions(source.sequences, digest), emails }
  const { scoring, funnel, forms, sequences } = content
  // Teams and notifications do not change any lead: a member's holidays must not rescore all leads.
  const { notify: _notify, teams: _teams, accept: _accept, ...handoff } = content.handoff
  const { timeZone, softBounces, doubleOptIn } = source.settings
  const counted = countedBy(source.segments)
  const rules = {
    ...{ scoring, funnel, handoff, forms, sequences, timeZone, softBounces, doubleOptIn },
    ...(counted.length > 0 && { counted }),
  }
  return {
    version: digest(JSON.stringify(content)),
    rulesVersion: underThisFold(digest(JSON.stringify(rules)).slice(0, 16)),
    ...content,
  }
}

/** `https://host/path`, with or without credentials. */
const address = /\b([a-z][a-z0-9+.-]*:)(?:\\?\/){2}(?:[^\s/?#@'"<>]*@)?([^\s/?#\\'"<>]+)[\\/?#][^\s'"<>]*/gi

const hidden = (text: string): string => text.replace(address, '$1//$2/…')

/** Deeper than any playbook; the rest is treated as text. */
const deepest = 400

/** Works on parsed values, as escapes and line breaks may split an address. */
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
 * A file without the secret addresses in it, as the address of a channel allows writing to it. Hosts stay, in values and
 * comments; a text without addresses is unchanged.
 */
export const hideAddresses = (text: string): string => hidden(hideValues(text))

export const filesTooLarge = 'must have at most 300 KB when compressed'
export const playbookTooLarge = 'the compiled emails are too large: the limit is 390 KB when compressed'

/** A playbook too large to store cannot be published or deployed: every run of a sequence keeps its version. */
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
