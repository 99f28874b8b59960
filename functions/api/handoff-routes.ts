import type { Rules } from '../../domain/playbook/rules.ts'
import type { AuditAction } from '../audit-ports.ts'
import { type AnswerHandoffPorts, makeAnswerHandoff } from '../handoff/answer-handoff.ts'
import { makeReassignHandoff } from '../handoff/reassign-handoff.ts'
import { makeReassignMember, type ReassignMemberPorts } from '../handoff/reassign-member.ts'
import { makeAcceptRoute, makeRejectRoute } from './answer-handoff-route.ts'
import type { ApiRoute } from './api-request.ts'
import { roles } from './caller.ts'
import { makeListHandoffs } from './list-handoffs.ts'
import { type ListTeamsPorts, makeListTeams } from './list-teams.ts'
import { makeReassignMemberRoute } from './reassign-member-route.ts'
import { makeReassignRoute } from './reassign-route.ts'
import { makeShowHandoff, type ShowHandoffPorts } from './show-handoff.ts'
import { orphaned } from './view-handoff.ts'

export type HandoffRoutePorts = Omit<AnswerHandoffPorts, 'rules'> &
  Omit<ReassignMemberPorts, 'rules'> &
  ListTeamsPorts &
  ShowHandoffPorts & { readonly rules: Rules }

const salespeople = ['sales', 'admin'] as const

/** What marketing hands over to sales, who has it, and what sales says to it. */
export const handoffRoutes = (ports: HandoffRoutePorts): readonly ApiRoute[] => {
  const { clock } = ports
  const handoffPorts = { ...ports, rules: ports.rules.playbook.handoff }
  const answer = makeAnswerHandoff(handoffPorts)
  const at = (path: string, action: AuditAction, make: ApiRoute['answer']): ApiRoute => ({
    method: 'POST',
    action,
    path: `/api/handoffs/:id/${path}`,
    roles: salespeople,
    answer: make,
  })
  return [
    {
      method: 'GET',
      path: '/api/handoffs',
      roles,
      answer: makeListHandoffs(ports, (handoff) => orphaned(handoff, handoffPorts.rules)),
    },
    { method: 'GET', path: '/api/handoffs/:id', roles, answer: makeShowHandoff(ports) },
    at('accept', 'handoff.accepted', makeAcceptRoute(answer, clock)),
    at('reject', 'handoff.rejected', makeRejectRoute(answer, clock)),
    at('reassign', 'handoff.reassigned', makeReassignRoute(makeReassignHandoff(handoffPorts), clock)),
    { method: 'GET', path: '/api/teams', roles: salespeople, answer: makeListTeams(ports) },
    {
      method: 'POST',
      path: '/api/teams/:team/members/:email/reassign',
      action: 'member.reassigned',
      roles: salespeople,
      answer: makeReassignMemberRoute(makeReassignMember(handoffPorts), clock),
    },
  ]
}
