/** Hidden field with the time at which the page was shown, signed. */
export const stampField = '_t'

/** People read before they press a button; nobody types an address within this time (ms). */
const shortest = 2_000

/**
 * It stops robots that load a page and post at once. A stamp is not demanded of everybody: programs, and forms that a site
 * has written itself, have none, and a robot that reads this would leave out what tells a browser, too. Those are met
 * by the trap field, the double opt-in and the limit on confirmations.
 *
 * Whether a form came back faster than people can fill it in.
 * @param shownAt RFC 3339 UTC; undefined when the stamp is not ours.
 */
export const isTooFast = (shownAt: string | undefined, now: string): boolean =>
  shownAt === undefined || Date.parse(now) - Date.parse(shownAt) < shortest
