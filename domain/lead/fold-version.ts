// Apart from the fold: stores name it, in functions that never fold.

/**
 * Raised by hand, once for each release whose fold makes another state of the same facts: states of before are folded
 * anew then. A test over fixed histories notices when that was forgotten.
 */
export const foldVersion = 2

/** Names rules together with the fold that reads facts by them. */
export const underThisFold = (rulesVersion: string): string =>
  `${foldVersion}.${rulesVersion.replace(own, '')}`

const own = /^\d+\./

/** Whether two names mean the same rules, read by the folds of two releases. */
export const differByFold = (a: string, b: string): boolean =>
  a !== b && a.replace(own, '') === b.replace(own, '')
