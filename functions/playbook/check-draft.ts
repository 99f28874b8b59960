import { largestSize } from '../../domain/email/preview-email.ts'
import { clippedBeyond } from '../../domain/email/render-email.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { checkSender } from '../../domain/playbook/check-settings.ts'
import { compareFaults, eachOnce, type Fault, isError } from '../../domain/playbook/fault.ts'
import { notifyChanges, wordNotifyChange } from '../../domain/playbook/notify-changes.ts'
import { type EmailSource, type KnownEmails, placeInSource } from '../../domain/playbook/parse-email.ts'
import {
  assemblePlaybook,
  type PlaybookSource,
  parsePlaybook,
  sizeFaults as wholeSizeFaults,
} from '../../domain/playbook/parse-playbook.ts'
import { isPlaybookFile, settingsFile } from '../../domain/playbook/playbook-files.ts'
import { positionAt, readYaml } from '../../domain/playbook/yaml-file.ts'
import type { CompiledEmail, CompileEmail, LivePlaybook, SourceFiles } from '../playbook-ports.ts'

/** Bytes of HTML that come close to 102 KB, where Gmail clips. */
const largeHtml = 90_000

/** Refuses an email that Gmail may clip: that would hide its unsubscribe link. */
const sizeFault = (source: EmailSource, bytes: number, whose: string): readonly Fault[] => {
  if (bytes <= largeHtml) return []
  const message = `${Math.ceil(bytes / 1000)} KB of HTML${whose}: Gmail cuts off what is beyond 102 KB`
  const severity = bytes > clippedBeyond ? 'error' : 'warning'
  return [{ file: source.file, line: source.bodyLine, column: 1, message, severity }]
}

const filled = ' once long values and tracked links are filled in'

const neverEnds = (source: EmailSource, liquid: string | undefined): Fault => {
  const at = liquid === undefined ? -1 : source.mjml.indexOf(liquid)
  const place = placeInSource(source, positionAt(source.mjml, Math.max(0, at)))
  const message = 'this takes more time or room than an email may, and is never sent: repeat and join less'
  return { ...place, message, severity: 'error' }
}

/** Sizes of the filled emails; if the playbook has faults, of their sources. */
const sizeFaults = (
  source: EmailSource,
  html: string,
  largest: ReturnType<typeof largestSize> | undefined,
): readonly Fault[] => {
  const written = new TextEncoder().encode(html).byteLength
  if (largest?.type === 'endless') return [neverEnds(source, largest.liquid)]
  return largest?.type !== 'bytes' || largest.bytes <= written
    ? sizeFault(source, written, '')
    : sizeFault(source, largest.bytes, filled)
}

/**
 * Compiles every email in every language and lists the faults of all.
 * @param playbook absent if it has faults itself.
 */
const compileEmails = async (
  emails: PlaybookSource['emails'],
  compile: CompileEmail,
  playbook?: Pick<Playbook, 'settings' | 'forms'>,
): Promise<{ readonly emails: Playbook['emails']; readonly faults: readonly Fault[] }> => {
  const compiled: Record<string, Playbook['emails'][string]> = {}
  const faults: Fault[] = []
  for (const [email, versions] of Object.entries(emails)) {
    for (const [language, source] of Object.entries(versions)) {
      const { html, faults: found } = await compile(source)
      const { subject, preheader, kind, purpose } = source
      const template = { subject, preheader, kind, ...(purpose !== undefined && { purpose }), html }
      // What MJML leaves of a faulty email may not even parse as Liquid.
      const isSound = !found.some(isError)
      const largest = isSound && playbook ? largestSize(email, language, template, playbook) : undefined
      faults.push(...found, ...(isSound ? sizeFaults(source, html, largest) : []))
      compiled[email] = { ...compiled[email], [language]: template }
    }
  }
  return { emails: compiled, faults }
}

export interface Built extends Pick<ReturnType<typeof parsePlaybook>, 'names' | 'sequences'> {
  /** Present unless a fault is an error. */
  readonly playbook?: Playbook
  /** All faults, ordered by place. */
  readonly faults: readonly Fault[]
}

interface BuildPorts {
  readonly compile: CompileEmail
  /** SHA-256 in hex. */
  readonly digest: (text: string) => string
  /** The sending domain of the deployment. @default - any */
  readonly emailDomain?: string
  /** Stored (compressed) size of a text in bytes. */
  readonly packedBytes: (text: string) => number
  /** Emails read for an earlier check. @default all are read */
  readonly known?: KnownEmails
}

/** Builds a publishable playbook from source files: the one way for the command line, the deployment and the API. */
export const buildPlaybook = async (
  files: SourceFiles,
  { compile, digest, emailDomain, packedBytes, known }: BuildPorts,
): Promise<Built> => {
  const parsed = parsePlaybook(files, known)
  const compiled = await compileEmails(parsed.emails, compile, parsed.playbook)
  const settings = readYaml(settingsFile, files.get(settingsFile) ?? '')
  const ofSender = checkSender(settings, emailDomain)
  const faults = eachOnce([...parsed.faults, ...ofSender, ...compiled.faults]).sort(compareFaults)
  const { names, sequences } = parsed
  if (parsed.playbook === undefined || faults.some(isError)) return { faults, names, sequences }
  const playbook = assemblePlaybook(parsed.playbook, compiled.emails, digest)
  const tooLarge = wholeSizeFaults({
    playbook: packedBytes(JSON.stringify(playbook)),
    files: packedBytes(JSON.stringify(Object.fromEntries(files))),
  })
  return tooLarge.length > 0
    ? { faults: [...tooLarge, ...faults], names, sequences }
    : { playbook, faults, names, sequences }
}

export type CheckDraftPorts = BuildPorts

/** Files that every email depends on: brand, layout and includes. */
const shared = /^settings\.yaml$|^assets\/|^emails\/(_[^/]*|[^/.]*|.*\/[^/]+)\.mjml$/

const sameShared = (files: SourceFiles, live: SourceFiles): boolean =>
  [...new Set([...files.keys(), ...live.keys()])].every(
    (file) => !shared.test(file) || files.get(file) === live.get(file),
  )

/** Reuses compiled emails of the live playbook: MJML takes some ten milliseconds for each. */
const sparing =
  (compile: CompileEmail, files: SourceFiles, live: LivePlaybook): CompileEmail =>
  async (source) => {
    if (!sameShared(files, live.files)) return compile(source)
    const [, ofFile = '', language = ''] = /^emails\/(.*)\.([^.]+)\.mjml$/.exec(source.file) ?? []
    // A variant is in the file of its email.
    const email = source.constants?.email.id ?? ofFile
    const html = live.playbook.emails[email]?.[language]?.html
    return html !== undefined && files.get(source.file) === live.files.get(source.file)
      ? { html, faults: [] }
      : compile(source)
  }

const strayFaults = (files: SourceFiles): readonly Fault[] =>
  [...files.keys()]
    .filter((file) => !isPlaybookFile(file))
    .map((file) => ({
      file,
      line: 1,
      column: 1,
      message: 'not a file of a playbook: those are *.yaml and what is in forms/, sequences/ and emails/',
      severity: 'error',
    }))

/** Changes that only an admin may publish. */
const forAdmins = ({ playbook }: Built, files: SourceFiles, live: LivePlaybook): readonly Fault[] => {
  const changes = notifyChanges(live.playbook.handoff.notify, playbook?.handoff.notify)
  if (changes.length === 0) return []
  const yaml = readYaml('handoff.yaml', files.get('handoff.yaml') ?? '')
  return changes.map((change) =>
    yaml.fault(['notify', change.index], wordNotifyChange(change), { severity: 'warning' }),
  )
}

/** Checks a complete set of files as the command line does, and builds its playbook. */
export const makeCheckDraft =
  ({ compile, ...ports }: CheckDraftPorts) =>
  async (files: SourceFiles, live: LivePlaybook): Promise<Built> => {
    const strays = strayFaults(files)
    const built = await buildPlaybook(files, { ...ports, compile: sparing(compile, files, live) })
    if (strays.length > 0) {
      const { playbook: _, ...rest } = built
      return { ...rest, faults: [...strays, ...built.faults] }
    }
    return { ...built, faults: [...built.faults, ...forAdmins(built, files, live)] }
  }

/** A problem names places by path; the place of a fault in the file stands beside. */
export const faultErrors = (faults: readonly Fault[]) =>
  faults.map((fault) => ({ path: `${fault.file}:${fault.line}:${fault.column}`, ...fault }))

/** More than one playbook has. */
const mostEmails = 200

/** Compiles each content once for each container: a draft is checked again and again while one of its emails changes. */
export const rememberEmails = (compile: CompileEmail, digest: (text: string) => string): CompileEmail => {
  const known = new Map<string, CompiledEmail>()
  return async (source) => {
    const key = digest(JSON.stringify(source))
    const current = known.get(key)
    if (current) return current
    const compiled = await compile(source)
    const [oldest] = known.keys()
    if (known.size >= mostEmails && oldest !== undefined) known.delete(oldest)
    known.set(key, compiled)
    return compiled
  }
}
