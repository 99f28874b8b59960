import type { Endpoint } from '../model/endpoint.ts'

/** An entry of `notify` that sends out what nobody but an admin may send out. */
interface NotifyChange {
  /** Its place in `notify`. */
  readonly index: number
  readonly id: string
  readonly because: 'sends personal data out (lead: true)' | 'sends to an address that nothing is sent to yet'
}

/** In one order of keys, so that two entries compare. */
const canonical = (endpoint: Endpoint): string =>
  JSON.stringify(Object.entries(endpoint).toSorted(([a], [b]) => (a < b ? -1 : 1)))

/**
 * What a playbook would send out that the live one does not: entries with a new address, and new or changed ones with
 * personal data. What is taken away, or told less, is not among them.
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
    return addresses.has(url)
      ? []
      : [{ index, id, because: 'sends to an address that nothing is sent to yet' }]
  })
}

/** For people: why publishing takes an admin. */
export const wordNotifyChange = ({ id, because }: NotifyChange): string =>
  `only an admin can publish this: ${id} ${because}`
