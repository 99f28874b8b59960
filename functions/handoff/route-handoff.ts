import type { Choice } from '../../domain/handoff/assign-owner.ts'
import { chooseRegardless, isAvailable } from '../../domain/handoff/choose-member.ts'
import { defaultTeam } from '../../domain/handoff/choose-team.ts'
import type { HandoffRules, Member, Team } from '../../domain/handoff/handoff-rules.ts'
import type { Choose, ClaimTurn, ClaimTurnPorts, TurnWish } from './claim-turn.ts'
import { type EarlierOwnerPorts, earlierOwners, type RoutedLead } from './earlier-owner.ts'

export interface RouteHandoffPorts extends ClaimTurnPorts, EarlierOwnerPorts {
  readonly handoffs: ClaimTurnPorts['handoffs'] & EarlierOwnerPorts['handoffs']
  readonly rules: { readonly playbook: { readonly handoff: HandoffRules } }
  /** Writes the line that raises the alarm: nobody of a team could be given a handoff. */
  readonly alertEmptyTeam: (team: string, handoffId: string) => void
}

export interface RouteWish {
  readonly handoffId: string
  /** From 1. */
  readonly assignment: number
  /** As the routes have it. */
  readonly team: Team
  readonly lead: RoutedLead
}

/**
 * Who gets a handoff: whoever had the lead before, where the team wants that; else whose turn it is; else, where all of the
 * team are away or full, somebody of the default team; at last the lead of that, or the one with the least to do. A handoff
 * always finds an owner. @throws Conflict
 */
export const makeRouteHandoff = (ports: RouteHandoffPorts, claim: ClaimTurn) => {
  const choice = async (wish: TurnWish): Promise<Choice | undefined> => {
    const turn = await claim(wish)
    return turn && { team: wish.team, ...turn }
  }

  const toEarlierOwner = async (wish: RouteWish): Promise<Choice | undefined> => {
    for (const { team, member } of await earlierOwners(ports, wish.lead, wish.team)) {
      const chosen = await choice({ ...wish, team, because: 'sticky', member, choose: ifAvailable(member) })
      if (chosen) return chosen
    }
    return undefined
  }

  return async (wish: RouteWish): Promise<Choice> => {
    const { handoffId, assignment, team } = wish
    const chosen =
      (await toEarlierOwner(wish)) ?? (await choice({ handoffId, assignment, team, because: 'routed' }))
    if (chosen) return chosen
    ports.alertEmptyTeam(team.id, handoffId)
    const fallback = { handoffId, assignment, team: defaultTeam(ports.rules.playbook.handoff) }
    const stoodIn =
      (await choice({ ...fallback, because: 'fallback' })) ??
      (await choice({ ...fallback, because: 'fallback', choose: leadOrLeastLoaded }))
    if (!stoodIn) throw new Error(`handoff ${handoffId}: nobody was found in ${fallback.team.id}`)
    return stoodIn
  }
}

const ifAvailable =
  (member: Member): Choose =>
  (team, standing) =>
    isAvailable(member, team, standing) ? { member, owed: standing.owed } : undefined

const leadOrLeastLoaded: Choose = (team, standing) =>
  team.lead ? { member: team.lead, owed: standing.owed } : chooseRegardless(team, standing)
