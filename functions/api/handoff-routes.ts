import * as z from 'zod/mini'
import type { HandoffReply } from '../../domain/handoff/answer-handoff.ts'
import { noteLimit } from '../../domain/handoff/answer-page.ts'
import { handoffStates } from '../../domain/handoff/handoff.ts'
import { type CountedHandoff, isAbsent, isAtWork, loadsOf, memberOf } from '../../domain/handoff/routing.ts'
import type { Member, Team } from '../../domain/model/handoff-rules.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { type AnswerHandoffPorts, type AnswerOutcome, makeAnswerHandoff } from '../handoff/answer-handoff.ts'
import {
  makeReassignHandoff,
  makeReassignMember,
  type ReassignMemberPorts,
  type ReassignOutcome,
  type ReassignRequest,
} from '../handoff/reassign-handoff.ts'
import type { Clock, Handoffs, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import { type AddressOwnerPorts, briefOwner } from '../send/address-email.ts'
import type { RoundRobins } from '../webhook-ports.ts'
import {
  type ApiRequest,
  type ApiResult,
  type Caller,
  everyone,
  oneOf,
  otherCursor,
  pageQuery,
  salespeople,
  shortText,
  type Texts,
} from './api-request.ts'
import { get, post } from './api-route.ts'
import { listByState } from './list-by-state.ts'
import {
  alreadyText,
  orphaned,
  viewHandedLead,
  viewHandoff,
  viewHandoffInFull,
  viewHandoffRow,
  viewReasons,
} from './views.ts'

export const handoffsQuery = z.extend(pageQuery, { state: oneOf(handoffStates), owner: shortText(320) })

/** Handoffs, open ones first and newest first within a state. `owner` is a salesperson's address. */
export const makeListHandoffs =
  (ports: {
    readonly handoffs: Handoffs
    readonly leads: Pick<Leads, 'load'>
    readonly clock: Clock
    readonly rules: Rules
  }) =>
  async (request: ApiRequest<z.infer<typeof handoffsQuery>>): Promise<ApiResult> => {
    const { owner } = request.query
    const found = await listByState(
      {
        kind: 'handoffs',
        states: handoffStates,
        page: (state, place) =>
          ports.handoffs.page({ ...place, state, ...(owner !== undefined && { owner }) }),
      },
      request.query,
    )
    if (!found) return otherCursor
    const { items, next } = found
    const now = ports.clock()
    const leads = await Promise.all(items.map(({ leadId }) => rootLead(ports.leads, leadId)))
    return {
      type: 'ok',
      body: {
        items: items.map((handoff, index) => ({
          ...viewHandoffRow(handoff, leads[index], now),
          ...orphaned(handoff, ports.rules.playbook.handoff),
        })),
        ...(next !== undefined && { next }),
      },
    }
  }

interface ShowHandoffPorts extends AddressOwnerPorts {
  readonly handoffs: Pick<Handoffs, 'find' | 'load'>
  readonly leads: Pick<Leads, 'load' | 'facts'>
  readonly rules: Rules
  readonly clock: Clock
}

/** One handoff with all its owners and what the current owner reads about the lead, in `?language=`. */
const makeShowHandoff =
  (ports: ShowHandoffPorts) =>
  async ({ params, query }: ApiRequest): Promise<ApiResult> => {
    const { playbook } = ports.rules
    const { languages } = playbook.settings
    const language = oneOf(languages).safeParse(query.language)
    if (!language.success)
      return {
        type: 'bad-input',
        errors: [{ path: 'language', message: `must be one of: ${languages.join(', ')}` }],
      }
    const handoff = await ports.handoffs.find(params.id ?? '')
    if (!handoff) return { type: 'not-found', detail: 'There is no handoff with this id.' }
    const now = ports.clock()
    const lead = await rootLead(ports.leads, handoff.leadId)
    const brief =
      lead?.state &&
      (await briefOwner(
        ports,
        { handoff, lead: { ...lead, state: lead.state } },
        { playbook, language: language.data ?? languages[0], now },
      ))
    return {
      type: 'ok',
      body: {
        ...viewHandoffInFull(handoff, now),
        lead: viewHandedLead(lead),
        reasons: viewReasons(playbook.handoff.reject, language.data ?? languages[0]),
        ...orphaned(handoff, playbook.handoff),
        ...(brief && { brief }),
      },
    }
  }

const missing = 'must say why, as one of the reasons of handoff.yaml'
const rejection = z.object(
  {
    reason: z.string(missing).check(z.minLength(1, missing), z.maxLength(100, missing)),
    note: z.optional(z.string().check(z.trim(), z.maxLength(noteLimit))),
  },
  missing,
)

const makeAcceptRoute = (ports: HandoffRoutePorts) => {
  const answer = makeAnswerHandoff({ ...ports, rules: ports.rules.playbook.handoff })
  return async ({ params, caller }: ApiRequest): Promise<ApiResult> =>
    toResult(await answer(params.id ?? '', { type: 'accept', by: nameOf(caller) }), ports.clock())
}

const makeRejectRoute = (ports: HandoffRoutePorts) => {
  const answer = makeAnswerHandoff({ ...ports, rules: ports.rules.playbook.handoff })
  return async ({
    params,
    caller,
    body: { reason, note },
  }: ApiRequest<Texts, z.infer<typeof rejection>>): Promise<ApiResult> => {
    const reply: HandoffReply = { type: 'reject', by: nameOf(caller), reason, ...(note && { note }) }
    return toResult(await answer(params.id ?? '', reply), ports.clock())
  }
}

const nameOf = (caller: Caller): string => caller.email ?? caller.name

const toResult = (outcome: AnswerOutcome, now: string): ApiResult => {
  switch (outcome.type) {
    case 'answered':
      return { type: 'ok', body: viewHandoff(outcome.handoff, now) }
    case 'repeated':
    case 'no-longer-open': {
      const current = viewHandoff(outcome.handoff, now)
      return {
        type: 'conflict',
        detail: alreadyText(current),
        current,
        isRepeat: outcome.type === 'repeated',
      }
    }
    case 'handed-on':
      return {
        type: 'conflict',
        detail: `This handoff is now assigned to ${outcome.handoff.owner.name}.`,
        current: viewHandoff(outcome.handoff, now),
      }
    case 'unknown-reason':
      return {
        type: 'bad-input',
        errors: [{ path: 'reason', message: `must be one of: ${outcome.reasons.join(', ')}` }],
      }
    case 'unknown-handoff':
      return { type: 'not-found', detail: 'There is no handoff with this id.' }
    default:
      return outcome satisfies never
  }
}

/** If empty, the next member of the same team gets the handoff. */
const reassignSchema = z.strictObject(
  { team: shortText(64), owner: shortText(320), reason: shortText(500) },
  'must be an object with team, owner and reason, each of which may be absent',
)
type ReassignApiRequest = ApiRequest<Texts, z.infer<typeof reassignSchema>>

const readReassign = ({ caller, body: { team, owner, reason } }: ReassignApiRequest): ReassignRequest => ({
  by: nameOf(caller),
  ...(team !== undefined && { team }),
  ...(owner !== undefined && { owner }),
  ...(reason !== undefined && { reason }),
})

const makeReassignRoute = (ports: HandoffRoutePorts) => {
  const { clock } = ports
  const reassign = makeReassignHandoff({ ...ports, rules: ports.rules.playbook.handoff })
  return async (request: ReassignApiRequest): Promise<ApiResult> => {
    const outcome = await reassign(request.params.id ?? '', readReassign(request))
    if (outcome.type !== 'assigned' && outcome.type !== 'unchanged')
      return refusedReassignment(outcome, clock())
    const body = viewHandoffInFull(outcome.handoff, clock())
    const isAway = outcome.type === 'assigned' && outcome.isAway
    return {
      type: 'ok',
      body: isAway ? { ...body, hint: `${body.owner.name} is away today.` } : body,
      change: { after: { owner: body.owner.email } },
    }
  }
}

type Refused = Exclude<ReassignOutcome, { type: 'assigned' | 'unchanged' }>

/** The response to a refused reassignment. */
const refusedReassignment = (outcome: Refused, now: string): ApiResult => {
  switch (outcome.type) {
    case 'no-longer-open': {
      const current = viewHandoffInFull(outcome.handoff, now)
      return { type: 'conflict', detail: alreadyText(current), current }
    }
    case 'nobody-else':
      return {
        type: 'conflict',
        detail: `${outcome.handoff.owner.name} is the only member of the team.`,
        current: viewHandoffInFull(outcome.handoff, now),
      }
    case 'unknown-handoff':
      return { type: 'not-found', detail: 'There is no handoff with this id.' }
    case 'unknown-team':
      return {
        type: 'bad-input',
        errors: [{ path: 'team', message: `must be one of: ${outcome.teams.join(', ')}` }],
      }
    case 'unknown-member':
      return {
        type: 'bad-input',
        errors: [{ path: 'owner', message: `must be one of: ${outcome.members.join(', ')}` }],
      }
    default:
      return outcome satisfies never
  }
}

/** Reassigns all open handoffs of a member; `left` counts those that did not fit into one call. */
const makeReassignMemberRoute = (ports: HandoffRoutePorts) => {
  const { clock } = ports
  const reassign = makeReassignMember({ ...ports, rules: ports.rules.playbook.handoff })
  return async (request: ReassignApiRequest): Promise<ApiResult> => {
    const { team = '', email = '' } = request.params
    const reassignment = readReassign(request)
    if (reassignment.owner?.toLowerCase() === email.toLowerCase())
      return { type: 'bad-input', errors: [{ path: 'owner', message: 'must be another person' }] }
    const outcome = await reassign(team, email, reassignment)
    if (outcome.type === 'unknown-owner')
      return { type: 'not-found', detail: 'Nobody of this address is in this team or has handoffs of it.' }
    if (outcome.type !== 'reassigned') return refusedReassignment(outcome, clock())
    const now = clock()
    const items = outcome.handoffs.map((handoff) => viewHandoff(handoff, now))
    return { type: 'ok', body: { items, left: outcome.left } }
  }
}

/** Limit of handoffs listed for former members. */
const mostNamed = 50

interface ListTeamsPorts {
  readonly rounds: Pick<RoundRobins, 'load' | 'counted'>
  readonly rules: Rules
  readonly clock: Clock
}

/** The teams of the playbook, with each member's open handoffs and whether they can take more. */
const makeListTeams =
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

/** Owners of open handoffs who have left the team; their handoffs need reassigning. */
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

export type TeamView = ReturnType<typeof viewTeam>

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

type HandoffRoutePorts = Omit<AnswerHandoffPorts, 'rules'> &
  Omit<ReassignMemberPorts, 'rules'> & { readonly rules: Rules }

const handoff = '/api/handoffs/:id'
const sales = { roles: salespeople }

export const handoffRoutes = [
  get('/api/handoffs', { roles: everyone, query: handoffsQuery }, makeListHandoffs),
  get(handoff, { roles: everyone }, makeShowHandoff),
  post(`${handoff}/accept`, { ...sales, action: 'handoff.accepted' }, makeAcceptRoute),
  post(`${handoff}/reject`, { ...sales, body: rejection, action: 'handoff.rejected' }, makeRejectRoute),
  post(
    `${handoff}/reassign`,
    { ...sales, body: reassignSchema, action: 'handoff.reassigned' },
    makeReassignRoute,
  ),
  get('/api/teams', sales, makeListTeams),
  post(
    '/api/teams/:team/members/:email/reassign',
    { ...sales, body: reassignSchema, action: 'member.reassigned' },
    makeReassignMemberRoute,
  ),
]
