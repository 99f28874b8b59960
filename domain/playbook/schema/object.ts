import { z } from 'zod'

/**
 * An object that has no other keys than these. The message of its `unrecognized_keys` issue is the list of the known ones,
 * for the nearest right name to be found in.
 */
export const object = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: (issue) => (issue.code === 'unrecognized_keys' ? Object.keys(shape).join(' ') : undefined),
  })
