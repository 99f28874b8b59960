import * as z from 'zod/mini'
import { comparePlaybooks, type PlaybookChange } from '../../domain/playbook/compare-playbooks.ts'
import { isError } from '../../domain/playbook/fault.ts'
import {
  type ApiRequest,
  type ApiResult,
  otherCursor,
  type pageQuery,
  shortText,
  toCursor,
} from '../api/api-request.ts'
import type { PlaybookStore } from '../playbook-ports.ts'
import { type CountMovesPorts, countMoves, type MoveCounts } from '../sequences/steer-sequence.ts'
import { type CheckDraftPorts, faultErrors, makeCheckDraft } from './check-draft.ts'
import { notKept } from './draft-files.ts'

/** `GET /api/playbook/changes`: what publishing would change, and whom. */
export interface DraftChanges {
  /** The live version, and the one it is compared with. */
  readonly from: string
  readonly to: string
  readonly changes: readonly PlaybookChange[]
  /** Leads whose score, grade and stage are worked out again; null: nothing of that differs. */
  readonly rescored: number | null
  /** Who is in sequences that change or go, and what becomes of them if they are moved. */
  readonly inside: readonly ({ readonly sequence: string; readonly isRemoved: boolean } & MoveCounts)[]
}

export interface CompareDraftPorts extends CheckDraftPorts, CountMovesPorts {
  readonly store: Pick<PlaybookStore, 'draft' | 'live' | 'filesOf'>
  /** Number of leads in the lists; eventually consistent. */
  readonly countLeads: () => Promise<number>
}

export const changesQuery = z.object({ version: shortText(64) })

/** `GET /api/playbook/changes?version=`: what the draft, or an earlier version, changes of what is live. */
export const makeShowChanges = (ports: CompareDraftPorts) => {
  const { store, countLeads } = ports
  const checkDraft = makeCheckDraft(ports)
  return async ({ query: { version } }: ApiRequest<z.infer<typeof changesQuery>>): Promise<ApiResult> => {
    const [live, other] = await Promise.all([
      store.live(),
      version === undefined ? store.draft().then((draft) => draft?.files) : store.filesOf(version),
    ])
    // Without a draft nothing changes.
    const files = other ?? (version === undefined ? live.files : undefined)
    if (!files) return { type: 'not-found', detail: notKept }
    const { playbook, faults } = await checkDraft(files, live)
    if (!playbook) return { type: 'bad-input', errors: faultErrors(faults.filter(isError)) }
    const changes = comparePlaybooks(live.playbook, playbook)
    const touched = changes.filter(({ part, change }) => part === 'sequence' && change !== 'added')
    const [rescored, inside] = await Promise.all([
      playbook.rulesVersion === live.playbook.rulesVersion ? null : countLeads(),
      Promise.all(
        touched.map(async ({ id, change }) => ({
          sequence: id,
          isRemoved: change === 'removed',
          ...(await countMoves(ports, { id, target: playbook.sequences[id] })),
        })),
      ),
    ])
    const body: DraftChanges = {
      ...{ from: live.playbook.version, to: playbook.version, changes, rescored },
      inside: inside.filter(({ looked }) => looked > 0),
    }
    return { type: 'ok', body }
  }
}

type HistoryPorts = { readonly store: Pick<PlaybookStore, 'history' | 'filesOf'> }

/** A playbook that was live, or is. */
export interface VersionRow {
  readonly version: string
  /** Null for one that came with a deployment. */
  readonly publishedAt: string | null
  readonly by: string | null
}

/** `GET /api/playbook/versions`: what has been live, the latest first; the first of all is live. */
export const makeListVersions =
  ({ store }: HistoryPorts) =>
  async ({ query: { limit, cursor } }: ApiRequest<z.infer<typeof pageQuery>>): Promise<ApiResult> => {
    if (cursor !== undefined && !/^\d{1,9}$/.test(cursor)) return otherCursor
    const { items, next } = await store.history({
      limit,
      ...(cursor !== undefined && { before: Number(cursor) }),
    })
    const rows = items.map(
      ({ version, published }): VersionRow => ({
        version,
        publishedAt: published?.at ?? null,
        by: published?.by ?? null,
      }),
    )
    return {
      type: 'ok',
      body: { items: rows, ...(next !== undefined && { next: toCursor(String(next)) }) },
    }
  }

/** `GET /api/playbook/versions/{version}`: its files. */
export const makeShowVersion =
  ({ store }: HistoryPorts) =>
  async ({ params: { version = '' } }: ApiRequest): Promise<ApiResult> => {
    const files = await store.filesOf(version)
    return files
      ? { type: 'ok', body: { version, files: Object.fromEntries(files) } }
      : { type: 'not-found', detail: notKept }
  }
