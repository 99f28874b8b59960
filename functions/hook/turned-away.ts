import type { HookFigures } from '../hook-ports.ts'
import type { Clock } from '../ports.ts'

/** As many are counted a minute for each source and container: whoever sends thousands does not make us write thousands. */
const mostAMinute = 30

/** Counts deliveries that were turned away, the first of every minute. */
export const makeTurnedAway = ({
  figures,
  clock,
}: {
  readonly figures: Pick<HookFigures, 'add'>
  readonly clock: Clock
}) => {
  let minute = ''
  const counted = new Map<string, number>()
  return async (source: string, why: string): Promise<void> => {
    const now = clock()
    if (now.slice(0, 16) !== minute) counted.clear()
    minute = now.slice(0, 16)
    const before = counted.get(source) ?? 0
    if (before >= mostAMinute) return
    counted.set(source, before + 1)
    await figures.add(source, now, { [`refused:${why}`]: 1 })
  }
}
