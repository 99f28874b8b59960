import type { Condition } from '../../domain/condition/condition.ts'
import type { AudienceLead, AudienceVerdict } from '../../domain/sending/audience.ts'
import type { LanePlace } from '../lane-place.ts'
import { type CountAudiencePorts, readPage } from './count-audience.ts'

interface Wanted {
  readonly condition: Condition
  /** Absent: any marketing consent is enough. */
  readonly purpose?: string | undefined
  readonly verdict: AudienceVerdict
  readonly limit: number
}

/** Leads that one request looks at, and pages that it reads for them: of few among many it may find none, and go on behind them. */
const mostRead = 200
const mostPages = 12

/** Those of one verdict, in the order in which everybody is gone through. */
export const findMembers = async (
  ports: CountAudiencePorts,
  { condition, purpose, verdict, limit }: Wanted,
  from: LanePlace,
): Promise<{ readonly found: readonly AudienceLead[]; readonly next?: LanePlace }> => {
  const found: AudienceLead[] = []
  let [place, read] = [from, 0]
  for (let pages = 0; pages < mostPages && found.length < limit && read < mostRead; pages += 1) {
    const { lane, cursor } = place
    const most = Math.min(limit - found.length, mostRead - read)
    const page = await readPage(ports, { condition, purpose }, lane, cursor, most)
    found.push(...page.members.filter((one) => one.verdict === verdict).map(({ lead }) => lead))
    read += page.read
    if (page.next === undefined && lane + 1 === ports.lanes) return { found }
    place = page.next === undefined ? { lane: lane + 1 } : { lane, cursor: page.next }
  }
  return { found, next: place }
}
