/** Hidden field with the time at which the page was shown, signed. */
export const stampField = '_t'

/** People read before they press a button; nobody types an address within this time (ms). */
const shortest = 2_000

/**
 * Whether a form came back faster than people can fill it in.
 * @param shownAt RFC 3339 UTC; undefined when the stamp is not ours.
 */
export const isTooFast = (shownAt: string | undefined, now: string): boolean =>
  shownAt === undefined || Date.parse(now) - Date.parse(shownAt) < shortest
