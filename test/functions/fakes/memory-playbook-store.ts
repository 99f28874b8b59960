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
  const past: LivePlaybook[] = []
  return {
    standing: () => ({ live, draft }),
    live: async () => live,
    draft: async () => draft,
    saveDraft: async (next, over) => {
      if (over !== undefined && over !== (draft?.savedAt ?? null)) return 'changed'
      draft = next
      return 'saved'
    },
    history: async ({ limit, before = live.revision + 1 }) => {
      const read = [live, ...past].filter(({ revision }) => revision < before)
      const shown = read.slice(0, limit)
      return {
        items: shown.map(({ playbook: { version }, published }) => ({
          version,
          ...(published && { published }),
        })),
        ...(read.length > limit && { next: shown.at(-1)?.revision ?? 0 }),
      }
    },
    filesOf: async (version) => [live, ...past].find((one) => one.playbook.version === version)?.files,
    publish: async ({ at, by, ...next }, revision) => {
      if (live.revision !== revision) throw new Conflict('somebody else published meanwhile')
      past.unshift(live)
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
