import * as z from 'zod/mini'
import { largestSize } from '../../domain/email/preview-email.ts'
import { clippedBeyond } from '../../domain/email/render-email.ts'
import { type Asset, largestAsset, writeAsset } from '../../domain/model/asset.ts'
import { isSystemEmail } from '../../domain/model/built-in-names.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { assetsOf } from '../../domain/playbook/check-assets.ts'
import { checkSender } from '../../domain/playbook/check-settings.ts'
import { compareFaults, eachOnce, type Fault, isError } from '../../domain/playbook/fault.ts'
import { notifyChanges, wordNotifyChange } from '../../domain/playbook/notify-changes.ts'
import { type EmailSource, placeInSource } from '../../domain/playbook/parse-email.ts'
import {
  assemblePlaybook,
  filesTooLarge,
  hideAddresses,
  type PlaybookSource,
  parsePlaybook,
  playbookTooLarge,
  sizeFaults as wholeSizeFaults,
} from '../../domain/playbook/parse-playbook.ts'
import { isPlaybookFile, settingsFile } from '../../domain/playbook/playbook-files.ts'
import { positionAt, readYaml } from '../../domain/playbook/yaml-file.ts'
import {
  type ApiRequest,
  type ApiResult,
  type Caller,
  inputErrors,
  shortText,
  type Texts,
} from '../api/api-request.ts'
import type {
  AssetStore,
  CompiledEmail,
  CompileEmail,
  Draft,
  LivePlaybook,
  PlaybookPublished,
  PlaybookStore,
  SourceFiles,
} from '../playbook-ports.ts'
import type { Announce, Clock } from '../ports.ts'
import { unlessConflict } from '../retry-conflicts.ts'
import { drawnFlow } from '../sequences/show-flow.ts'
import {
  editionOf,
  makeFindFiles,
  noDraft,
  notKept,
  parseFiles,
  readStanding,
  type Standing,
  withChanges,
} from './draft-files.ts'

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

interface Built extends Pick<ReturnType<typeof parsePlaybook>, 'names' | 'sequences'> {
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
}

/** Builds a publishable playbook from source files: the one way for the command line, the deployment and the API. */
export const buildPlaybook = async (
  files: SourceFiles,
  { compile, digest, emailDomain, packedBytes }: BuildPorts,
): Promise<Built> => {
  const parsed = parsePlaybook(files)
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
  ({ compile, digest, emailDomain, packedBytes }: CheckDraftPorts) =>
  async (files: SourceFiles, live: LivePlaybook): Promise<Built> => {
    const strays = strayFaults(files)
    const built = await buildPlaybook(files, {
      compile: sparing(compile, files, live),
      digest,
      packedBytes,
      ...(emailDomain !== undefined && { emailDomain }),
    })
    if (strays.length > 0) {
      const { playbook: _, ...rest } = built
      return { ...rest, faults: [...strays, ...built.faults] }
    }
    return { ...built, faults: [...built.faults, ...forAdmins(built, files, live)] }
  }

/** The faults of a draft in the format of the API. */
const report = ({ faults }: Pick<Built, 'faults'>) => ({ ok: !faults.some(isError), errors: faults })

/** Pictures that the files name and that nobody has sent. */
const missingPictures = async (
  files: SourceFiles,
  assets: Pick<AssetStore, 'has'>,
): Promise<readonly Fault[]> => {
  const faults: Fault[] = []
  for (const { file, name } of assetsOf(files).values())
    if (!(await assets.has(name)))
      faults.push({ ...{ file, line: 1, column: 1, severity: 'error' }, message: notSent })
  return faults
}

const notSent =
  'the picture itself was not sent: POST /api/playbook/assets, as npm run playbook -- publish does'

interface StoreAssetPorts {
  readonly assets: Pick<AssetStore, 'store'>
  /** @returns undefined where it is no picture. */
  readonly readPicture: (content: Uint8Array) => Omit<Asset, 'file'> | undefined
}

export const assetBody = z.object({ picture: z.base64('must be the picture in base64') })

/** `POST /api/playbook/assets`: stores a picture, and answers the line that stands for it among the files. */
export const makeStoreAsset =
  ({ assets, readPicture }: StoreAssetPorts) =>
  async ({ body }: ApiRequest<Texts, z.infer<typeof assetBody>>): Promise<ApiResult> => {
    const content = Buffer.from(body.picture, 'base64')
    const refused = (message: string): ApiResult => ({
      type: 'bad-input',
      errors: [{ path: 'picture', message }],
    })
    if (content.byteLength > largestAsset) return refused(`must have at most ${largestAsset} bytes`)
    const picture = readPicture(content)
    if (!picture) return refused('must be a picture: png, jpg, gif or webp')
    await assets.store(picture.name, content)
    return { type: 'ok', body: { name: picture.name, text: writeAsset(picture) } }
  }

interface EditPlaybookPorts extends CheckDraftPorts {
  readonly store: PlaybookStore
  readonly clock: Clock
  /** Progress of the latest rescoring of all leads; undefined before the first one. */
  readonly describeRescoring: () => Promise<object | undefined>
}

const nameOf = (caller: Caller): string => caller.email ?? caller.name

/** Hides webhook addresses from roles that may not see them. */
const shown = (files: SourceFiles, caller: Pick<Caller, 'roles'> | undefined) => {
  const isWriter = caller?.roles.some((role) => role === 'marketing' || role === 'admin') === true
  return Object.fromEntries(
    [...files].map(([file, text]) => [
      file,
      isWriter || file !== 'handoff.yaml' ? text : hideAddresses(text),
    ]),
  )
}

/** `GET /api/playbook`: the files of the live playbook and of the draft, if any; without addresses for sales. */
export const makeReadPlaybook =
  ({ store, digest, describeRescoring }: Pick<EditPlaybookPorts, 'store' | 'digest' | 'describeRescoring'>) =>
  async (request?: Pick<ApiRequest, 'caller'>): Promise<ApiResult> => {
    const [live, draft, rescoring] = await Promise.all([store.live(), store.draft(), describeRescoring()])
    return {
      type: 'ok',
      body: {
        version: live.playbook.version,
        publishedAt: live.published?.at ?? null,
        by: live.published?.by ?? null,
        edition: editionOf(live.files, digest),
        files: shown(live.files, request?.caller),
        ...(draft && {
          draft: {
            savedAt: draft.savedAt,
            by: draft.by,
            edition: editionOf(draft.files, digest),
            files: shown(draft.files, request?.caller),
          },
        }),
        ...(rescoring && { rescoring }),
      },
    }
  }

/** As `PUT /api/playbook` has it; `replaces` is the edition that was edited. */
const replacing = z.object({ replaces: z.optional(z.string('must be the edition that was edited')) })

/** What stands there instead of what was edited: nothing of it is overwritten. */
const editedMeanwhile = ({ draft, edition, files }: Standing): ApiResult => ({
  type: 'conflict',
  detail: 'Somebody else has changed the draft meanwhile. Nothing was saved.',
  current: {
    edition,
    savedAt: draft?.savedAt ?? null,
    by: draft?.by ?? null,
    files: Object.fromEntries(files),
  },
})

/**
 * `PUT /api/playbook`: saves the files as the draft, faults included, and returns the faults. With `replaces`, only where
 * that edition still stands.
 */
export const makeSaveDraft = (ports: EditPlaybookPorts) => {
  const checkDraft = makeCheckDraft(ports)
  return async ({ body, caller }: Pick<ApiRequest, 'body' | 'caller'>): Promise<ApiResult> => {
    const asked = parseFiles(body)
    if (asked.type === 'refused') return { type: 'bad-input', errors: asked.errors }
    if (asked.type === 'absent')
      return { type: 'bad-input', errors: [{ path: 'files', message: 'must be given: text by path' }] }
    const { data, error } = replacing.safeParse(body)
    if (error) return { type: 'bad-input', errors: inputErrors(error) }
    const standing = await readStanding(ports)
    if (data.replaces !== undefined && data.replaces !== standing.edition) return editedMeanwhile(standing)
    const files = asked.type === 'files' ? asked.files : withChanges(standing.files, asked.changes)
    const savedAt = ports.clock()
    const over = data.replaces === undefined ? undefined : (standing.draft?.savedAt ?? null)
    const saved = await ports.store.saveDraft({ files, savedAt, by: nameOf(caller) }, over)
    if (saved === 'too-large') return tooLarge
    if (saved === 'changed') return editedMeanwhile(await readStanding(ports))
    return {
      type: 'ok',
      body: {
        savedAt,
        edition: editionOf(files, ports.digest),
        ...report(await checkDraft(files, standing.live)),
      },
    }
  }
}

const tooLarge: ApiResult = {
  type: 'bad-input',
  errors: [{ path: 'files', message: filesTooLarge }],
}

/** Names by what is named; an editor offers them. */
export interface KnownNames {
  readonly emails: readonly string[]
  readonly teams: readonly string[]
  readonly sequences: readonly string[]
  readonly segments: readonly string[]
  readonly bands: readonly string[]
  readonly attributes: readonly string[]
  readonly activityTypes: readonly string[]
}

const shownNames = (names: Built['names']): KnownNames => ({
  // The others are sent by the system, not by a sequence.
  emails: names.emails.filter((email) => !isSystemEmail(email)),
  teams: names.teams,
  sequences: names.sequences,
  segments: [...(names.segments?.keys() ?? [])],
  bands: names.bands ?? [],
  attributes: names.attributes,
  activityTypes: names.activityTypes,
})

/** What an editor wants to know beside the faults. */
const checking = z.object({
  /** What may be named where: emails, teams, attributes and the others. */
  names: z.optional(z.boolean('must be true or false')),
  /** A sequence to be drawn. */
  sequence: z.optional(z.string('must be the id of a sequence')),
})

/** `POST /api/playbook/check`: says what is wrong with the given files, or with the draft. Changes nothing. */
export const makeCheckFiles = (ports: EditPlaybookPorts) => {
  const checkDraft = makeCheckDraft(ports)
  const findFiles = makeFindFiles(ports)
  return async ({ body }: Pick<ApiRequest, 'body'>): Promise<ApiResult> => {
    const asked = await findFiles(body)
    if (asked.type !== 'found') return asked
    const { data, error } = checking.safeParse(body ?? {})
    if (error) return { type: 'bad-input', errors: inputErrors(error) }
    const checked = await checkDraft(asked.files, asked.standing.live)
    const sequence =
      data.sequence !== undefined && Object.hasOwn(checked.sequences, data.sequence)
        ? checked.sequences[data.sequence]
        : undefined
    return {
      type: 'ok',
      body: {
        ...report(checked),
        ...(data.names && { names: shownNames(checked.names) }),
        ...(sequence && { flow: drawnFlow(sequence) }),
      },
    }
  }
}

export interface PublishDraftPorts extends EditPlaybookPorts {
  readonly assets: Pick<AssetStore, 'has'>
  readonly announce: Announce
}

const publishedOf = (playbook: Playbook, live: LivePlaybook, at: string): PlaybookPublished => ({
  id: `playbook:${playbook.version}:${live.revision + 1}`,
  occurredAt: at,
  version: playbook.version,
  rulesVersion: playbook.rulesVersion,
  previousRulesVersion: live.playbook.rulesVersion,
})

const sameFiles = (one: SourceFiles, other: SourceFiles): boolean =>
  one.size === other.size && [...one].every(([path, text]) => other.get(path) === text)

/** `version`: one that was live before, instead of the draft. `edition`: the draft that was looked at. */
export const publishBody = z.object({
  version: shortText(64),
  edition: shortText(64),
})

type Publishing = Pick<ApiRequest<Texts, z.infer<typeof publishBody>>, 'body' | 'caller'>

/** What is to go live. `draft`: it is dropped afterwards. */
type Wanted = { readonly type: 'wanted'; readonly files: SourceFiles; readonly draft?: Draft } | ApiResult

const makeFindWanted =
  ({ store, digest }: Pick<PublishDraftPorts, 'store' | 'digest'>) =>
  async ({ version, edition }: Publishing['body']): Promise<Wanted> => {
    if (version !== undefined) {
      const files = await store.filesOf(version)
      return files ? { type: 'wanted', files } : { type: 'not-found', detail: notKept }
    }
    const draft = await store.draft()
    if (!draft) return noDraft
    return edition === undefined || edition === editionOf(draft.files, digest)
      ? { type: 'wanted', files: draft.files, draft }
      : { type: 'conflict', detail: 'Somebody else has changed the draft meanwhile. Nothing was published.' }
  }

/**
 * `POST /api/playbook/publish`: puts the draft live, tells the bus, and drops the draft; or puts an earlier version live
 * again, and leaves the draft. One that was cut short is finished by asking again: the draft is dropped last.
 */
export const makePublishDraft = (ports: PublishDraftPorts) => {
  const { store, announce } = ports
  const checkDraft = makeCheckDraft(ports)
  const findWanted = makeFindWanted(ports)

  const tell = async (published: PlaybookPublished | undefined, revision: number): Promise<void> => {
    if (!published) return
    await announce({ type: 'PlaybookPublished', ...published })
    await store.clearOutbox(revision)
  }

  return async ({ caller, body }: Publishing): Promise<ApiResult> => {
    const [wanted, live] = await Promise.all([findWanted(body), store.live()])
    if (wanted.type !== 'wanted') return wanted
    const { files, draft } = wanted
    const { playbook, faults } = await checkDraft(files, live)
    if (!playbook) return { type: 'bad-input', errors: faultErrors(faults.filter(isError)) }
    const unsent = await missingPictures(files, ports.assets)
    if (unsent.length > 0) return { type: 'bad-input', errors: faultErrors(unsent) }
    const refused = refusedTo(caller, playbook, live)
    if (refused) return refused
    await tell(live.outbox, live.revision)
    const unchanged = playbook.version === live.playbook.version
    if (!unchanged || !sameFiles(files, live.files)) {
      const at = ports.clock()
      const outbox = unchanged ? undefined : publishedOf(playbook, live, at)
      const publication = { playbook, files, at, by: nameOf(caller), ...(outbox && { outbox }) }
      const done = await unlessConflict(store.publish(publication, live.revision))
      if (done === undefined) return { type: 'conflict', detail: 'Somebody else published meanwhile.' }
      if (done === 'too-large') return publishTooLarge
      await tell(outbox, live.revision + 1)
    }
    if (draft) await store.dropDraft(draft.savedAt)
    const previous = live.playbook.version
    return {
      type: 'ok',
      body: { version: playbook.version, previous, ...(unchanged && { unchanged }), warnings: faults },
      change: { before: { version: previous }, after: { version: playbook.version } },
    }
  }
}

/** Personal data goes to a new place only where two people want it: whoever writes it, and an admin. */
const refusedTo = ({ roles }: Caller, playbook: Playbook, live: LivePlaybook): ApiResult | undefined => {
  const changes = notifyChanges(live.playbook.handoff.notify, playbook.handoff.notify)
  if (changes.length === 0 || roles.includes('admin')) return undefined
  return { type: 'forbidden', detail: `handoff.yaml: ${changes.map(wordNotifyChange).join('; ')}.` }
}

/** A problem names places by path; the place of a fault in the file stands beside. */
export const faultErrors = (faults: readonly Fault[]) =>
  faults.map((fault) => ({ path: `${fault.file}:${fault.line}:${fault.column}`, ...fault }))

const publishTooLarge: ApiResult = {
  type: 'bad-input',
  errors: [{ path: 'files', message: playbookTooLarge }],
}

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
