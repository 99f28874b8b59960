import { hideAddresses } from '../../domain/playbook/hide-addresses.ts'
import { filesTooLarge } from '../../domain/playbook/playbook-size.ts'
import type { ApiRequest, ApiResult } from '../api/api-request.ts'
import type { Caller } from '../api/caller.ts'
import type { PlaybookStore, SourceFiles } from '../playbook-ports.ts'
import type { Clock } from '../ports.ts'
import { type CheckDraftPorts, makeCheckDraft, report } from './check-draft.ts'
import { parseFiles } from './parse-files.ts'

export interface EditPlaybookPorts extends CheckDraftPorts {
  readonly store: PlaybookStore
  readonly clock: Clock
  /** How far the latest rescoring of all leads is; undefined before the first one. */
  readonly describeRescoring: () => Promise<object | undefined>
}

export const noDraft: ApiResult = {
  type: 'conflict',
  detail: 'There is no draft. PUT /api/playbook saves one.',
}

export const nameOf = (caller: Caller): string => caller.email ?? caller.name

/** Whoever may not ask for webhooks does not learn their addresses here. */
const shown = (files: SourceFiles, caller: Pick<Caller, 'roles'> | undefined) => {
  const isWriter = caller?.roles.some((role) => role === 'marketing' || role === 'admin') === true
  return Object.fromEntries(
    [...files].map(([file, text]) => [
      file,
      isWriter || file !== 'handoff.yaml' ? text : hideAddresses(text),
    ]),
  )
}

/** `GET /api/playbook`: what is live, and the draft if there is one, as files; without addresses for sales. */
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

/** `PUT /api/playbook`: keeps the whole set as the draft, mistakes included, and says what they are. */
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
