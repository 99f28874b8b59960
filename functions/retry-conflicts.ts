import { Conflict } from './ports.ts'

/** Tries the whole of `attempt` again while somebody else commits in between. @throws Conflict after the last try. */
export const retryConflicts = async <Result>(attempt: () => Promise<Result>, tries = 5): Promise<Result> => {
  try {
    return await attempt()
  } catch (error) {
    if (error instanceof Conflict && tries > 1) return retryConflicts(attempt, tries - 1)
    throw error
  }
}
