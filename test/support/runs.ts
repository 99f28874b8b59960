const isDeep = process.env.DEEP === '1'

/** How often a property is tried: `full` times by `npm run test:deep`; by `npm test` a fifth of them, of 25 to 200. */
export const runs = (full: number): number =>
  isDeep ? full : Math.min(full, 200, Math.max(25, Math.ceil(full / 5)))
