import * as z from 'zod/mini'
import { largestSize } from '../../domain/email/preview-email.ts'
import { clippedBeyond } from '../../domain/email/render-email.ts'
import { type Asset, largestAsset, writeAsset } from '../../domain/model/asset.ts'
import type { FieldError } from '../../domain/model/json.ts'
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
import type { ApiRequest, ApiResult, Caller, Texts } from '../api/api-request.ts'
import type {
  AssetStore,
  CompiledEmail,
  CompileEmail,
  LivePlaybook,
  PlaybookPublished,
  PlaybookStore,
  SourceFiles,
} from '../playbook-ports.ts'
import type { Announce, Clock } from '../ports.ts'
import { unlessConflict } from '../retry-conflicts.ts'

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

interface Built {
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
  if (parsed.playbook === undefined || faults.some(isError)) return { faults }
  const playbook = assemblePlaybook(parsed.playbook, compiled.emails, digest)
  const tooLarge = wholeSizeFaults({
    playbook: packedBytes(JSON.stringify(playbook)),
    files: packedBytes(JSON.stringify(Object.fromEntries(files))),
  })
  return tooLarge.length > 0 ? { faults: [...tooLarge, ...faults] } : { playbook, faults }
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
    if (strays.length > 0) return { faults: [...strays, ...built.faults] }
    return { ...built, faults: [...built.faults, ...forAdmins(built, files, live)] }
  }

/** The faults of a draft in the format of the API. */
const report = ({ faults }: Built) => ({ ok: !faults.some(isError), errors: faults })

const maxFiles = 1_000
const maxPath = 200
/** An email of this size would be clipped several times over. */
const maxFileBytes = 128 * 1024

type ParsedFiles =
  | { readonly type: 'files'; readonly files: SourceFiles }
  | { readonly type: 'absent' }
  | { readonly type: 'refused'; readonly errors: readonly FieldError[] }

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const errorIn = (path: string, text: unknown): string | undefined => {
  if (path === '' || path.length > maxPath) return `the path must have 1 to ${maxPath} characters`
  if (typeof text !== 'string') return 'must be the text of the file'
  const bytes = new TextEncoder().encode(text).byteLength
  return bytes > maxFileBytes ? `must have at most ${maxFileBytes} bytes, not ${bytes}` : undefined
}

/** Reads `{ "files": { "<path>": "<text>" } }` without validating the playbook. */
export const parseFiles = (body: unknown): ParsedFiles => {
  const refused = (errors: readonly FieldError[]): ParsedFiles => ({ type: 'refused', errors })
  if (body === undefined) return { type: 'absent' }
  if (!isObject(body)) return refused([{ path: '', message: 'must be a JSON object' }])
  if (body.files === undefined) return { type: 'absent' }
  if (!isObject(body.files)) return refused([{ path: 'files', message: 'must be an object: text by path' }])
  const entries = Object.entries(body.files)
  if (entries.length > maxFiles)
    return refused([{ path: 'files', message: `must hold at most ${maxFiles} files, not ${entries.length}` }])
  const errors = entries.flatMap(([path, text]) => {
    const message = errorIn(path, text)
    return message === undefined ? [] : [{ path: `files.${path.slice(0, maxPath)}`, message }]
  })
  return errors.length > 0
    ? refused(errors)
    : { type: 'files', files: new Map(entries.map(([path, text]) => [path, String(text)])) }
}

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

export const noDraft: ApiResult = {
  type: 'conflict',
  detail: 'There is no draft. PUT /api/playbook saves one.',
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
  ({ store, describeRescoring }: Pick<EditPlaybookPorts, 'store' | 'describeRescoring'>) =>
  async (request?: Pick<ApiRequest, 'caller'>): Promise<ApiResult> => {
    const [live, draft, rescoring] = await Promise.all([store.live(), store.draft(), describeRescoring()])
    return {
      type: 'ok',
      body: {
        version: live.playbook.version,
        publishedAt: live.published?.at ?? null,
        by: live.published?.by ?? null,
        files: shown(live.files, request?.caller),
        ...(draft && {
          draft: { savedAt: draft.savedAt, by: draft.by, files: shown(draft.files, request?.caller) },
        }),
        ...(rescoring && { rescoring }),
      },
    }
  }

/** `PUT /api/playbook`: saves the files as the draft, faults included, and returns the faults. */
export const makeSaveDraft = (ports: EditPlaybookPorts) => {
  const checkDraft = makeCheckDraft(ports)
  return async ({ body, caller }: ApiRequest): Promise<ApiResult> => {
    const parsed = parseFiles(body)
    switch (parsed.type) {
      case 'refused':
        return { type: 'bad-input', errors: parsed.errors }
      case 'absent':
        return { type: 'bad-input', errors: [{ path: 'files', message: 'must be given: text by path' }] }
      case 'files': {
        const savedAt = ports.clock()
        const saved = await ports.store.saveDraft({ files: parsed.files, savedAt, by: nameOf(caller) })
        if (saved === 'too-large') return tooLarge
        return {
          type: 'ok',
          body: { savedAt, ...report(await checkDraft(parsed.files, await ports.store.live())) },
        }
      }
      default:
        return parsed satisfies never
    }
  }
}

const tooLarge: ApiResult = {
  type: 'bad-input',
  errors: [{ path: 'files', message: filesTooLarge }],
}

/** `POST /api/playbook/check`: says what is wrong with the given files, or with the draft. Changes nothing. */
export const makeCheckFiles = (ports: EditPlaybookPorts) => {
  const checkDraft = makeCheckDraft(ports)
  return async ({ body }: ApiRequest): Promise<ApiResult> => {
    const parsed = parseFiles(body)
    if (parsed.type === 'refused') return { type: 'bad-input', errors: parsed.errors }
    const files = parsed.type === 'files' ? parsed.files : (await ports.store.draft())?.files
    if (!files) return noDraft
    return { type: 'ok', body: report(await checkDraft(files, await ports.store.live())) }
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

/**
 * `POST /api/playbook/publish`: puts the draft live, tells the bus, and drops the draft. One that was cut short is
 * finished by asking again: the draft is dropped last.
 */
export const makePublishDraft = (ports: PublishDraftPorts) => {
  const { store, announce } = ports
  const checkDraft = makeCheckDraft(ports)

  const tell = async (published: PlaybookPublished | undefined, revision: number): Promise<void> => {
    if (!published) return
    await announce({ type: 'PlaybookPublished', ...published })
    await store.clearOutbox(revision)
  }

  return async ({ caller }: ApiRequest): Promise<ApiResult> => {
    const [draft, live] = await Promise.all([store.draft(), store.live()])
    if (!draft) return noDraft
    const { playbook, faults } = await checkDraft(draft.files, live)
    if (!playbook) return { type: 'bad-input', errors: faultErrors(faults.filter(isError)) }
    const unsent = await missingPictures(draft.files, ports.assets)
    if (unsent.length > 0) return { type: 'bad-input', errors: faultErrors(unsent) }
    const refused = refusedTo(caller, playbook, live)
    if (refused) return refused
    await tell(live.outbox, live.revision)
    const unchanged = playbook.version === live.playbook.version
    if (!unchanged || !sameFiles(draft.files, live.files)) {
      const at = ports.clock()
      const outbox = unchanged ? undefined : publishedOf(playbook, live, at)
      const publication = { playbook, files: draft.files, at, by: nameOf(caller), ...(outbox && { outbox }) }
      const done = await unlessConflict(store.publish(publication, live.revision))
      if (done === undefined) return { type: 'conflict', detail: 'Somebody else published meanwhile.' }
      if (done === 'too-large') return publishTooLarge
      await tell(outbox, live.revision + 1)
    }
    await store.dropDraft(draft.savedAt)
    return {
      type: 'ok',
      body: { version: playbook.version, ...(unchanged && { unchanged }), warnings: faults },
      change: { before: { version: live.playbook.version }, after: { version: playbook.version } },
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
