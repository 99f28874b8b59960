import type { JsonObject } from '../../domain/json.ts'

/** The handoff queue. `delay` is in seconds. */
export type TellHandoff = (message: JsonObject, delay: number) => Promise<void>

/** Longer than any function works, in seconds: it has committed by then, or it will not. */
const finished = 120

/**
 * Sees to it that what is about to be committed to a handoff gets told, and that its deadlines are set, whatever becomes
 * of the process: to be called before the commit. Repeats do no harm.
 */
export const promisePublishing = (tellHandoff: TellHandoff, handoffId: string): Promise<void> =>
  tellHandoff({ type: 'publish', handoffId }, finished)
