import type { LeadState } from './lead-state.ts'

/** Facts of a browser of which nobody knows whose it is: more than a person looks at, so that nobody can fill a log without a name. */
const ofNobody = 200
/** Facts of somebody with an address, after which what their browsers report is no news. */
const ofSomebody = 2000

/** How many facts that a browser reports may still be taken for a lead. @param hasAddress whether it is known who it is. */
export const roomForBrowsers = (state: Pick<LeadState, 'seen'> | undefined, hasAddress: boolean): number => {
  const taken = Object.values(state?.seen ?? {}).reduce((sum, { count }) => sum + count, 0)
  return Math.max(0, (hasAddress ? ofSomebody : ofNobody) - taken)
}
