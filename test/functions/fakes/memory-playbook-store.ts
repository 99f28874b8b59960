import type { Playbook } from '../../../domain/model/playbook.ts'
import type { Draft, LivePlaybook, PlaybookStore, SourceFiles } from '../../../functions/playbook-ports.ts'
import { Conflict } from '../../../functions/ports.ts'

export interface MemoryPlaybookStore extends PlaybookStore {
  /** What stands there, as `live` and `draft` answer it. */
  readonly standing: () => { readonly live: LivePlaybook; readonly draft: Draft | undefined }
}

export const memoryPlaybookStore = (playbook: Playbook, files: SourceFiles): MemoryPlaybookStore => {
  let live: LivePlaybook = { playbook, files, revision: 0 }
  let draft: Draft | undefined
  return {
    standing: () => ({ live, draft }),
    live: async () => live,
    draft: async () => draft,
    saveDraft: async (next) => {
      draft = next
      return 'saved'
    },
    publish: async ({ at, by, ...next }, revision) => {
      if (live.revision !== revision) throw new Conflict('somebody else published meanwhile')
      live = { ...next, published: { at, by }, revision: revision + 1 }
      return 'published'
    },
    clearOutbox: async (revision) => {
      const { outbox, ...rest } = live
      if (outbox && rest.revision === revision) live = rest
    },
    dropDraft: async (savedAt) => {
      if (draft?.savedAt === savedAt) draft = undefined
    },
  }
}
