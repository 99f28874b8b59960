import { parseInstant } from '../activity/parse-instant.ts'
import { parseDuration } from '../duration.ts'
import { addMilliseconds } from '../time/local-time.ts'

/** A moment in a rehearsal: so long after its start, or a time. */
export type Moment = { readonly after: number } | { readonly at: string }

const zeroPattern = /^0[mhdw]?$/

/** `0h`, `5m`, `3d`, or RFC 3339 with an offset. @returns undefined for anything else. */
export const parseMoment = (text: string): Moment | undefined => {
  const after = zeroPattern.test(text) ? 0 : parseDuration(text)
  if (after !== undefined) return { after }
  const at = parseInstant(text)
  return at === undefined ? undefined : { at }
}

export const momentAfter = (start: string, moment: Moment): string =>
  'at' in moment ? moment.at : addMilliseconds(start, moment.after)
