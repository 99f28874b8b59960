const isDeep = process.env.DEEP === '1'

/** How often a property is tried: `full` times by `npm run test:deep`; by `npm test` a fifth of them, of 10 to 200. */
export const runs = (full: number): number =>
  isDeep ? full : Math.min(full, 200, Math.max(10, Math.ceil(full / 5)))

/** How many of something that is told by its number: all by `npm run test:deep`, a tenth by `npm test`. */
export const crowd = (full: number): number => (isDeep ? full : Math.ceil(full / 10))
