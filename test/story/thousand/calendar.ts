const hour = 3_600_000
const day = 24 * hour

const partsIn = (timeZone: string, at: number): Readonly<Record<string, string>> => {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    weekday: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  })
  return Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, value]))
}

/** Weekday (`Mon`) and time (`HH:MM`) that clocks in a zone show. */
export const clockIn = (
  timeZone: string,
  at: string,
): { readonly weekday: string; readonly time: string } => {
  const { weekday = '', hour: hours, minute } = partsIn(timeZone, Date.parse(at))
  return { weekday, time: `${hours}:${minute}` }
}

/** In ms, for zones whose offset is whole hours. */
const offsetIn = (timeZone: string, at: number): number => {
  const [, sign, hours] = /GMT([+-])(\d\d):00/.exec(partsIn(timeZone, at).timeZoneName ?? '') ?? []
  return hours === undefined ? 0 : Number(`${sign}${hours}`) * hour
}

export interface Change {
  /** Epoch ms, on a Sunday at 01:00 UTC. */
  readonly at: number
  /** Offset before it, in ms. */
  readonly offset: number
}

/** The next change of clocks of a European zone after `from`. */
export const daylightChange = (from: number, timeZone: string): Change => {
  const offset = offsetIn(timeZone, from)
  let at = Math.ceil(from / hour) * hour
  while (offsetIn(timeZone, at) === offset) at += hour
  return { at, offset }
}

/** Thursday 09:00 by the clock before it. */
export const startBefore = ({ at, offset }: Change): number => at - 3 * day - hour + 9 * hour - offset
