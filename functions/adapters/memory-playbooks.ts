import type { Playbook } from '../../domain/playbook/playbook.ts'
import type { Playbooks } from '../ports.ts'

/** @param older versions that runs may have begun with. */
export const memoryPlaybooks = (current: Playbook, ...older: readonly Playbook[]): Playbooks => {
  const kept = new Map([current, ...older].map((playbook) => [playbook.version, playbook]))
  return {
    current: async () => current,
    version: async (version) => {
      const playbook = kept.get(version)
      if (!playbook) throw new Error(`playbook version ${version} was never kept`)
      return playbook
    },
    keep: async (playbook) => {
      kept.set(playbook.version, playbook)
    },
  }
}
