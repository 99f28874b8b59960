import * as z from 'zod/mini'
import { type Asset, largestAsset, writeAsset } from '../../domain/model/asset.ts'
import { isSystemEmail } from '../../domain/model/built-in-names.ts'
import type { Playbook } from '../../domain/model/playbook.ts'
import { assetsOf } from '../../domain/playbook/check-assets.ts'
import { type Fault, isError } from '../../domain/playbook/fault.ts'
import { notifyChanges, wordNotifyChange } from '../../domain/playbook/notify-changes.ts'
import { filesTooLarge, hideAddresses, playbookTooLarge } from '../../domain/playbook/parse-playbook.ts'
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
  Draft,
  LivePlaybook,
  PlaybookPublished,
  PlaybookStore,
  SourceFiles,
} from '../playbook-ports.ts'
import type { Announce, Clock } from '../ports.ts'
import { unlessConflict } from '../retry-conflicts.ts'
import { drawnFlow } from '../sequences/show-flow.ts'
import { type Built, type CheckDraftPorts, faultErrors, makeCheckDraft } from './check-draft.ts'
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

const publishTooLarge: ApiResult = {
  type: 'bad-input',
  errors: [{ path: 'files', message: playbookTooLarge }],
}
