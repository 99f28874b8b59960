import { isAbsent, isAtWork } from '../../domain/handoff/availability.ts'
import type { Member, Team } from '../../domain/handoff/handoff-rules.ts'
import { type CountedHandoff, loadsOf } from '../../domain/handoff/round.ts'
import { memberOf } from '../../domain/handoff/team-members.ts'
import type { Rules } from '../../domain/playbook/rules.ts'
import type { Clock } from '../ports.ts'
import type { Rounds } from '../routing-ports.ts'
import type { ApiResult } from './api-request.ts'

/** Of what somebody left behind so many are named. */
const mostNamed = 50

export interface ListTeamsPorts {
  readonly rounds: Pick<Rounds, 'load' | 'counted'>
  readonly rules: Rules
  readonly clock: Clock
}

/** The teams of the playbook and how their members stand now: what they have open, and whether more may come. */
export const makeListTeams =
  ({ rounds, rules, clock }: ListTeamsPorts) =>
  async (): Promise<ApiResult> => {
    const now = clock()
    const items = await Promise.all(
      Object.values(rules.playbook.handoff.teams).map(async (team) => {
        const [{ claims }, counted] = await Promise.all([rounds.load(team.id), rounds.counted(team.id)])
        return { ...viewTeam(team, loadsOf(counted, claims, now), now), ...formerOf(team, counted) }
      }),
    )
    return { type: 'ok', body: { items } }
  }

/** Whoever has something in hand and is not in the team any more: it is to be reassigned. */
const formerOf = (team: Team, counted: readonly CountedHandoff[]) => {
  const left = counted.filter(({ isOpen, owner }) => isOpen && memberOf(team, owner) === undefined)
  const byOwner = Map.groupBy(left, ({ owner }) => owner.toLowerCase())
  const former = [...byOwner].map(([email, theirs]) => ({
    email,
    open: theirs.length,
    handoffs: theirs.slice(0, mostNamed).map(({ handoffId }) => handoffId),
  }))
  return former.length > 0 ? { former } : {}
}

const viewTeam = (team: Team, loads: ReadonlyMap<string, number>, now: string) => {
  const view = (member: Member) => {
    const open = loads.get(member.email.toLowerCase()) ?? 0
    return {
      name: member.name,
      email: member.email,
      open,
      capacity: member.capacity ?? null,
      full: open >= (member.capacity ?? Number.POSITIVE_INFINITY),
      absent: isAbsent(member, team, now),
      atWork: isAtWork(member, team, now) && !isAbsent(member, team, now),
    }
  }
  return {
    team: team.id,
    timeZone: team.timeZone,
    strategy: team.strategy,
    sticky: team.sticky ?? [],
    lead: team.lead ? view(team.lead) : null,
    members: team.members.map((member) => ({
      ...view(member),
      ...(team.strategy === 'weighted' && { weight: member.weight ?? 1 }),
    })),
  }
}
