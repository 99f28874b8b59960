import { followLead } from '../../domain/handoff/follow-lead.ts'
import { acceptanceOf, type Handoff } from '../../domain/handoff/handoff.ts'
import {
  type Choice,
  isUnconfirmed,
  isWithdrawn,
  type Qualified,
  reopenHandoff,
  requestHandoff,
  unconfirmedQuota,
} from '../../domain/handoff/request-handoff.ts'
import { accountsOf, chooseTeam, isAbsent, memberOf } from '../../domain/handoff/routing.ts'
import { isInHand } from '../../domain/handoff/stand-in.ts'
import { exploredType } from '../../domain/lead/funnel.ts'
import type { LeadState } from '../../domain/lead/lead-state.ts'
import { viewAt } from '../../domain/lead/lead-view.ts'
import { type Activity, handoffIdOf, type LeadId } from '../../domain/model/activity.ts'
import { markUnheard } from '../../domain/model/endpoint.ts'
import type { HandoffRules, Team } from '../../domain/model/handoff-rules.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import type { Quota } from '../../domain/sending/confirmation-limit.ts'
import { addMilliseconds } from '../../domain/time/local-time.ts'
import type { TellFigures } from '../figures-ports.ts'
import type { Bus, Clock, DealLists, Handoffs, Lead, Leads, Timers } from '../ports.ts'
import { readAhead } from '../read-ahead.ts'
import { retryConflicts } from '../retry-conflicts.ts'
import { rootLead } from '../root-lead.ts'
import type { AccountOwners } from '../webhook-ports.ts'
import { makeTakeBackHandoffs, qualifiesIn, takeBackHandoffs } from './answer-handoff.ts'
import { makeFollowDeals, makeFollowLead } from './follow-deals.ts'
import { type Explored, parseMessage } from './parse-message.ts'
import { makePassDeadline } from './pass-deadline.ts'
import { type AttendHandoffPorts, attendHandoff, makeFinishHandoff } from './publish-handoff.ts'
import { makeAssignTurn, makeRouteHandoff, type RouteHandoffPorts } from './route-handoff.ts'

interface HandOffLeadPorts extends AttendHandoffPorts, RouteHandoffPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly handoffs: Handoffs
  readonly bus: Bus
  readonly clock: Clock
  readonly rules: Rules
  /** Counts one more handoff of an unconfirmed lead. @returns whether there was room. */
  readonly countUnconfirmed: (quota: Quota) => Promise<boolean>
  readonly timers: Timers
  /** Waits a random part of `ms` milliseconds. */
  readonly pauseUpTo: (ms: number) => Promise<void>
}

/** The handoffs of a team compete for one item; a flood needs many attempts. */
const tries = 12

/**
 * A lead qualified: one handoff, one owner, one email, however often the message arrives; a withdrawn handoff is reopened. The
 * lead's current state decides, not the message: the qualification may have been withdrawn since.
 * @throws a defect if the lead does not exist.
 */
export const makeHandOffLead = (ports: HandOffLeadPorts, assignTurn = makeAssignTurn(ports)) => {
  const route = makeRouteHandoff(ports, assignTurn)
  return (qualified: Qualified, ahead: QualifiedReads = ports): Promise<void> => {
    const once = { ...ports, ...ahead, countUnconfirmed: countOnce(ports) }
    return retryConflicts(
      async () => {
        const handoff = await handOff(once, route, qualified)
        if (!handoff) return
        // A concurrent withdrawal, answer or merge may have run before the handoff existed.
        const lead = await takeBackHandoffs(ports, qualified)
        if (!lead?.state) return
        const isOutOfLine = followLead(handoff, { ...lead, state: lead.state }) !== handoff
        if (isOutOfLine || lead.mergedInto !== undefined) await makeFollowDeals(ports)(handoff.handoffId)
      },
      { tries, pauseUpTo: ports.pauseUpTo },
    )
  }
}

type QualifiedReads = Pick<HandOffLeadPorts, 'leads' | 'handoffs'>

/** Begins to read what a qualification is about: asked which playbook is live at the same moment, it takes one request. */
export const readQualifiedAhead = (ports: QualifiedReads, body: unknown): QualifiedReads => {
  const message = parseMessage(body)
  if (message.type !== 'qualified') return ports
  const { leadId, cycle } = message.qualified
  const { leads, handoffs } = ports
  return {
    leads: { load: readAhead(leads.load, [[leadId]]) },
    handoffs: { ...handoffs, load: readAhead(handoffs.load, [[leadId, handoffIdOf(leadId, cycle)]]) },
  }
}

/** Counts once, however many retries follow a conflict. */
const countOnce = ({ countUnconfirmed }: Pick<HandOffLeadPorts, 'countUnconfirmed'>) => {
  let hasRoom = false
  return async (quota: Quota): Promise<boolean> => {
    hasRoom ||= await countUnconfirmed(quota)
    return hasRoom
  }
}

/** @returns the handoff, if there is one now. */
const handOff = async (
  ports: HandOffLeadPorts,
  route: ReturnType<typeof makeRouteHandoff>,
  qualified: Qualified,
): Promise<Handoff | undefined> => {
  const handoffId = handoffIdOf(qualified.leadId, qualified.cycle)
  const [stored, lead] = await Promise.all([
    ports.handoffs.load(qualified.leadId, handoffId),
    ports.leads.load(qualified.leadId),
  ])
  const existing = stored && (await attendHandoff(ports, stored))
  if (existing && !isWithdrawn(existing)) return existing
  if (lead?.erased) return undefined
  if (!lead?.state) throw new Error(`handoff ${handoffId}: its lead is not in the table`)
  const routed = { ...lead, state: lead.state }
  if (!qualifiesIn(lead, qualified.cycle) || (await isWithSales(ports, routed))) return existing
  const now = ports.clock()
  if (!existing && (await waits(ports, qualified, lead.state, now))) return undefined
  const choice =
    (existing && sameOwner(ports, existing, now)) ??
    (await route({
      handoffId,
      assignment: (existing?.assignments.length ?? 0) + 1,
      team: teamFor(ports, routed, now),
      lead: routed,
    }))
  const { handoff: rules } = ports.rules.playbook
  const request = { qualified, choice, rules, now }
  const handoff = existing ? reopenHandoff(existing, request) : requestHandoff(request)
  const outbox = markUnheard(handoff.outbox, rules.notify)
  return attendHandoff(ports, await ports.handoffs.commit({ ...handoff, outbox }))
}

/** Anybody can invent leads, so the number of unconfirmed addresses handed over per hour is limited; the rest wait. */
const waits = async (
  ports: Pick<HandOffLeadPorts, 'timers' | 'countUnconfirmed' | 'rules'>,
  qualified: Qualified,
  state: LeadState,
  now: string,
): Promise<boolean> => {
  if (!isUnconfirmed(state)) return false
  const quota = unconfirmedQuota(ports.rules.playbook.handoff, now)
  if (await ports.countUnconfirmed(quota)) return false
  const handoffId = handoffIdOf(qualified.leadId, qualified.cycle)
  await ports.timers.set(`${handoffId}:unconfirmed:${quota.until}`, quota.until, {
    type: 'waiting',
    qualified: { ...qualified },
  })
  return true
}

/** The previous owner of a reopened handoff, if still in that team and not away. */
const sameOwner = (
  { rules }: HandOffLeadPorts,
  { team: id, owner }: Handoff,
  now: string,
): Choice | undefined => {
  const { teams } = rules.playbook.handoff
  const team = Object.hasOwn(teams, id) ? teams[id] : undefined
  const member = team && memberOf(team, owner.email)
  return team && member && !isAbsent(member, team, now) ? { team, member, because: 'routed' } : undefined
}

const teamFor = (
  { rules }: HandOffLeadPorts,
  lead: { readonly email?: string; readonly state: LeadState },
  now: string,
): Team => {
  const context = viewAt(lead, rules, now)
  return chooseTeam(rules.playbook.handoff, (condition) => rules.holds(condition, context))
}

/** Whether sales has this person already, through the lead that this one was merged into or one merged into it. */
const isWithSales = async (
  { handoffs }: Pick<HandOffLeadPorts, 'handoffs'>,
  { mergedInto, members = [], state }: Lead & { readonly state: LeadState },
): Promise<boolean> => {
  if (mergedInto !== undefined) return true
  for (const leadId of members)
    if ((await handoffs.list(leadId)).some((handoff) => isInHand(handoff, state))) return true
  return false
}

interface RememberAccountPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly handoffs: Pick<Handoffs, 'find'>
  readonly accounts: Pick<AccountOwners, 'remember'>
  readonly rules: { readonly playbook: { readonly handoff: Pick<HandoffRules, 'teams'> } }
}

/**
 * An accepted handoff, or a takeover of one, assigns the company's further leads to its owner. Stored only if a team uses it.
 * Idempotent.
 */
export const makeRememberAccount =
  ({ leads, handoffs, accounts, rules }: RememberAccountPorts) =>
  async (handoffId: string): Promise<void> => {
    const teams = Object.values(rules.playbook.handoff.teams)
    if (!teams.some(({ sticky }) => sticky?.includes('account'))) return
    const handoff = await handoffs.find(handoffId)
    const accepted = handoff && acceptanceOf(handoff)
    const lead = handoff && (await rootLead(leads, handoff.leadId))
    if (!accepted || !lead?.state) return
    const { leadId, owner } = handoff
    const last = handoff.assignments.at(-1)
    const at = last?.accepted ? last.at : accepted.at
    for (const account of accountsOf({ ...lead, state: lead.state }))
      await accounts.remember(account, { handoffId, leadId, owner: owner.email, at })
  }

/** A lead that was drawn is handed over by what its log says; right after it came so near. */
const activityOfExplored = ({ id, leadId, occurredAt, data: { cycle, share } }: Explored): Activity => ({
  ...{ id, type: exploredType, subject: { leadId }, timeAssumed: false },
  occurredAt: addMilliseconds(occurredAt, 1),
  properties: { cycle, share },
})

interface FollowQualificationPorts extends HandOffLeadPorts, RememberAccountPorts {
  readonly handoffs: HandOffLeadPorts['handoffs']
  readonly leads: HandOffLeadPorts['leads']
  readonly accounts: HandOffLeadPorts['accounts'] & RememberAccountPorts['accounts']
  readonly rules: HandOffLeadPorts['rules']
  /** @default deals are listed nowhere */
  readonly dealLists?: Pick<DealLists, 'note'>
  /** Of a handoff that follows its lead no event tells. @default nobody is told */
  readonly figures?: Pick<TellFigures, 'leadsChanged'>
}

/**
 * Handles a message of the handoff queue: a qualification or its withdrawal; a deadline; an answer by sales; the beginning or
 * end of a deal, or the reversal of either; leads that were merged or parted. `ahead` may have begun to read what it is about.
 */
export const makeFollowQualification = (ports: FollowQualificationPorts) => {
  const assignTurn = makeAssignTurn(ports)
  const handOffLead = makeHandOffLead(ports, assignTurn)
  const takeBackHandoffs = makeTakeBackHandoffs(ports)
  const passDeadline = makePassDeadline({ ...ports, assignTurn })
  const finishHandoff = makeFinishHandoff(ports)
  const rememberAccount = makeRememberAccount(ports)
  const followLead = makeFollowLead(ports)
  /** Its own as well where it has been merged: what was its is the other's now. */
  const listDeals = async (leadId: LeadId): Promise<void> => {
    const lead = await ports.leads.load(leadId)
    if (!lead) return
    const root = lead.mergedInto === undefined ? undefined : await rootLead(ports.leads, leadId)
    for (const one of root ? [root, lead] : [lead]) await ports.dealLists?.note(one)
  }
  return async (body: unknown, ahead: QualifiedReads = ports): Promise<void> => {
    const message = parseMessage(body)
    switch (message.type) {
      case 'qualified':
        return handOffLead(message.qualified, ahead)
      case 'withdrawn':
        await takeBackHandoffs(message.cycle)
        return ports.figures?.leadsChanged([message.cycle.leadId])
      case 'deadline':
        return passDeadline(message.timer)
      case 'publish':
        await finishHandoff(message.handoffId)
        // No other message reports the takeover of an accepted handoff.
        return rememberAccount(message.handoffId)
      case 'accepted':
        return rememberAccount(message.handoffId)
      case 'lead':
        await followLead(message.leadId)
        await listDeals(message.leadId)
        return ports.figures?.leadsChanged([message.leadId])
      case 'family':
        for (const leadId of message.leadIds) await followLead(leadId)
        return ports.figures?.leadsChanged(message.leadIds)
      case 'explored':
        return ports.bus.submit([activityOfExplored(message.explored)])
      case 'on-its-way':
      case 'rescored':
        return
      default:
        return message satisfies never
    }
  }
}
