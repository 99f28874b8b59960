import type { Playbook } from '../../domain/model/playbook.ts'
import type { Playbooks, TokenClaims, TokenPurpose, Tokens } from '../ports.ts'
import type { FormStamps } from '../send-ports.ts'

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

/** Tokens that mean something to this instance alone: `confirm-1`, `unsubscribe-2`, … in the order of signing. */
export const memoryTokens = (): Tokens => {
  const signed = new Map<string, { readonly claims: TokenClaims; readonly expiresAt: string }>()
  const nameOf = (purpose: TokenPurpose): string => `${purpose}-${signed.size + 1}`
  return {
    sign: (purpose, claims, expiresAt) => {
      const token = nameOf(purpose)
      signed.set(token, { claims, expiresAt })
      return token
    },
    verify: (purpose, token, now) => {
      const known = token.startsWith(`${purpose}-`) ? signed.get(token) : undefined
      return known !== undefined && Date.parse(known.expiresAt) > Date.parse(now) ? known.claims : undefined
    },
  }
}

/** Stamps that are the time itself. */
export const memoryFormStamps = (): FormStamps => ({ issue: (at) => at, read: (stamp) => stamp })
