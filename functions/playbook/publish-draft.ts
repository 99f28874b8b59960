import { type Fault, isError } from '../../domain/playbook/fault.ts'
import { notifyChanges, wordNotifyChange } from '../../domain/playbook/notify-changes.ts'
import type { Playbook } from '../../domain/playbook/playbook.ts'
import { playbookTooLarge } from '../../domain/playbook/playbook-size.ts'
import type { ApiRequest, ApiResult } from '../api/api-request.ts'
import type { Caller } from '../api/caller.ts'
import type { AnnouncePlaybook, LivePlaybook, PlaybookPublished, SourceFiles } from '../playbook-ports.ts'
import { Conflict } from '../ports.ts'
import { makeCheckDraft } from './check-draft.ts'
import { type EditPlaybookPorts, nameOf, noDraft } from './edit-playbook.ts'

export interface PublishDraftPorts extends EditPlaybookPorts {
  readonly announce: AnnouncePlaybook
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
    await announce(published)
    await store.clearOutbox(revision)
  }

  return async ({ caller }: ApiRequest): Promise<ApiResult> => {
    const [draft, live] = await Promise.all([store.draft(), store.live()])
    if (!draft) return noDraft
    const { playbook, faults } = await checkDraft(draft.files, live)
    if (!playbook) return { type: 'bad-input', errors: faultErrors(faults.filter(isError)) }
    const refused = refusedTo(caller, playbook, live)
    if (refused) return refused
    await tell(live.outbox, live.revision)
    const unchanged = playbook.version === live.playbook.version
    if (!unchanged || !sameFiles(draft.files, live.files)) {
      const at = ports.clock()
      const outbox = unchanged ? undefined : publishedOf(playbook, live, at)
      const publication = { playbook, files: draft.files, at, by: nameOf(caller), ...(outbox && { outbox }) }
      const done = await unlessConflict(store.publish(publication, live.revision))
      if (done === 'conflict') return { type: 'conflict', detail: 'Somebody else published meanwhile.' }
      if (done === 'too-large') return tooLarge
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

const tooLarge: ApiResult = {
  type: 'bad-input',
  errors: [{ path: 'files', message: playbookTooLarge }],
}

const unlessConflict = async <Result>(work: Promise<Result>): Promise<Result | 'conflict'> => {
  try {
    return await work
  } catch (error) {
    if (error instanceof Conflict) return 'conflict'
    throw error
  }
}
