import { memoryVersions } from '../../../functions/adapters/memory-versions.ts'
import type { SavedViews } from '../../../functions/view-ports.ts'

export const memoryViews = (): SavedViews => {
  const { load, commit } = memoryVersions<Awaited<ReturnType<SavedViews['load']>>>()
  return { load: async (person) => (await load(person)) ?? { items: [], version: 0 }, commit }
}
