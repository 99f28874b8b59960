import type { AcceptedHandoff, AccountOwners } from '../routing-ports.ts'

export const memoryAccounts = (): AccountOwners => {
  const accepted = new Map<string, readonly AcceptedHandoff[]>()
  const sorted = (account: string): readonly AcceptedHandoff[] =>
    (accepted.get(account) ?? []).toSorted((one, other) => (one.at < other.at ? -1 : 1))
  return {
    latest: async (account) => sorted(account).at(-1)?.owner,
    remember: async (account, handoff) => {
      const others = sorted(account).filter(({ handoffId }) => handoffId !== handoff.handoffId)
      accepted.set(account, [...others, handoff])
    },
  }
}
