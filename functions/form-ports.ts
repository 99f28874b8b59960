/** Times under a signature, for hidden fields of forms. */
export interface FormStamps {
  /** @param at RFC 3339 UTC. */
  issue(at: string): string
  /** @returns the time, RFC 3339 UTC; undefined when the stamp is not ours. */
  read(stamp: string): string | undefined
}
