import type { Endpoint } from '../model/endpoint.ts'

/** An entry of `notify` that only an admin may publish. */
interface NotifyChange {
  /** Index in `notify`. */
  readonly index: number
  readonly id: string
  readonly because: 'sends personal data out (lead: true)' | 'sends to a new address'
}

/** With sorted keys, to compare entries. */
const canonical = (endpoint: Endpoint): string =>
  JSON.stringify(Object.entries(endpoint).toSorted(([a], [b]) => (a < b ? -1 : 1)))

/**
 * Entries that would send more than the live playbook does: those with a new address, and new or changed ones with personal
 * data. Removals and reductions are not included.
 */
export const notifyChanges = (
  live: readonly Endpoint[] = [],
  draft: readonly Endpoint[] = [],
): readonly NotifyChange[] => {
  const known = new Set(live.map(canonical))
  const addresses = new Set(live.map(({ url }) => url))
  return draft.flatMap((endpoint, index): NotifyChange[] => {
    const { id, url, lead } = endpoint
    if (known.has(canonical(endpoint))) return []
    if (lead) return [{ index, id, because: 'sends personal data out (lead: true)' }]
    return addresses.has(url) ? [] : [{ index, id, because: 'sends to a new address' }]
  })
}

/** For people: why publishing takes an admin. */
export const wordNotifyChange = ({ id, because }: NotifyChange): string =>
  `only an admin can publish this: ${id} ${because}`
