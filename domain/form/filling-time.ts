/** Hidden field with the time at which the page was shown, signed. */
export const stampField = '_t'

/** People read before they press a button; nobody types an address within this time (ms). */
const shortest = 2_000
/** A page that has stood open for longer (ms) is sent again: one that is loaded once would be good for a robot for ever. */
const longest = 24 * 3_600_000

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

/** Whether the page was shown so long ago that the form is to be sent once more. */
export const isTooOld = (shownAt: string | undefined, now: string): boolean =>
  shownAt !== undefined && Date.parse(now) - Date.parse(shownAt) > longest

/** When a page is taken to have been shown that comes back with messages: its visitor has read it, and may be quick. */
export const readBefore = (now: string): string => new Date(Date.parse(now) - shortest).toISOString()
