import { isAbsent, isAtWork } from './availability.ts'
import type { Member, Team } from './handoff-rules.ts'
import { type Owed, takeNextInLine, takeTurn } from './take-turn.ts'
import { isSameAddress } from './team-members.ts'

/** How a team stands when one of it is chosen. */
export interface Standing {
  readonly owed: Owed
  /** Open handoffs by address in lower case; absent: none. */
  readonly loads: ReadonlyMap<string, number>
  readonly now: string
  /** Addresses of those who are not to have it. */
  readonly except?: readonly string[]
}

export interface Turn {
  readonly member: Member
  readonly owed: Owed
}

export const loadOf = ({ loads }: Pick<Standing, 'loads'>, { email }: Member): number =>
  loads.get(email.toLowerCase()) ?? 0

/** Whether the member may be given a handoff at all: not away, and below capacity. */
export const isAvailable = (member: Member, team: Team, standing: Standing): boolean =>
  !isAbsent(member, team, standing.now) && loadOf(standing, member) < (member.capacity ?? Infinity)

/**
 * Whose turn it is by the team's strategy. Those who are away, full or excepted are passed over, and whoever is not at work
 * while somebody else is; out of everybody's hours the turn is taken as usual.
 * @returns undefined when nobody is left.
 */
export const chooseMember = (team: Team, standing: Standing): Turn | undefined => {
  const { except = [], now, owed } = standing
  const available = team.members.filter(
    (member) =>
      !except.some((address) => isSameAddress(address, member.email)) && isAvailable(member, team, standing),
  )
  // Where all have the same hours, all are at work or nobody is.
  const differ = available.some(({ hours }) => hours !== undefined)
  const atWork = differ ? available.filter((member) => isAtWork(member, team, now)) : []
  const candidates = atWork.length > 0 ? atWork : available
  switch (team.strategy) {
    case 'round-robin':
      return takeNextInLine(owed, team.members, candidates)
    case 'weighted':
      return takeTurn(owed, candidates)
    case 'least-loaded':
      return takeNextInLine(owed, team.members, leastLoaded(candidates, standing))
    default:
      return team.strategy satisfies never
  }
}

/** Where nobody is available: the member with the least to do, whatever else speaks against it; of equals in turn. */
export const chooseRegardless = (team: Team, standing: Standing): Turn => {
  const { except = [] } = standing
  const others = team.members.filter(
    (member) => !except.some((address) => isSameAddress(address, member.email)),
  )
  const pool = others.length > 0 ? others : team.members
  const [member] = team.members
  return (
    takeNextInLine(standing.owed, team.members, leastLoaded(pool, standing)) ?? {
      member,
      owed: standing.owed,
    }
  )
}

const leastLoaded = (members: readonly Member[], standing: Standing): readonly Member[] => {
  const least = Math.min(...members.map((member) => loadOf(standing, member)))
  return members.filter((member) => loadOf(standing, member) === least)
}

/** Whether loads decide anything in this team: where they do not, they need not be read. */
export const needsLoads = ({ strategy, members }: Team): boolean =>
  strategy === 'least-loaded' || members.some(({ capacity }) => capacity !== undefined)
