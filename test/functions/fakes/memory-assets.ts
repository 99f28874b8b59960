import type { AssetStore } from '../../../functions/playbook-ports.ts'

/** Pictures by name, some of them brought by the deployment. */
export const memoryAssets = (bundled: ReadonlyMap<string, Uint8Array> = new Map()) => {
  const stored = new Map<string, Uint8Array>()
  const store: AssetStore = {
    read: async (name) => bundled.get(name) ?? stored.get(name),
    has: async (name) => bundled.has(name) || stored.has(name),
    store: async (name, picture) => void stored.set(name, picture),
    keep: async (names) => {
      for (const name of names) {
        const picture = bundled.get(name)
        if (picture) stored.set(name, picture)
      }
    },
  }
  return { ...store, stored }
}
