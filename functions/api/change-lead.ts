import * as z from 'zod/mini'
import { parseActivity } from '../../domain/activity/parse-activity.ts'
import {
  addressMisfit,
  asTold,
  identityRules,
  isByAdmin,
  isRefusal,
  whyNotByHand,
} from '../../domain/activity/subject.ts'
import { draftOf } from '../../domain/lead/fold.ts'
import { type Activity, type Fact, type LeadId, parseLeadId } from '../../domain/model/activity.ts'
import { asByHand, givenDealId, isAboutDeal } from '../../domain/model/deal.ts'
import type { FieldError } from '../../domain/model/json.ts'
import type { Rules } from '../../domain/rules/rules.ts'
import { wordStay } from '../../domain/sales/deal-view.ts'
import type { DealStay } from '../../domain/sales/deals.ts'
import type { Refusal } from '../http/problem.ts'
import type { Bus, Clock, Handoffs, Lead, Leads } from '../ports.ts'
import { rootLead } from '../root-lead.ts'
import type { ApiRequest, ApiResult, Caller, Texts } from './api-request.ts'

interface MergeLeadsPorts {
  readonly leads: Pick<Leads, 'load'>
  readonly bus: Pick<Bus, 'submit'>
  readonly clock: Clock
  readonly newId: () => string
}

type Change = 'lead.merged' | 'lead.unmerged'

const wanted = 'must be the id of a lead'
export const mergeBody = z.object({ leadId: z.string(wanted) }, 'must be a JSON object { leadId }')

const noSuchLead: ApiResult = { type: 'not-found', detail: 'There is no lead with this id.' }
const bad = (message: string): { readonly type: 'bad-input'; readonly errors: readonly FieldError[] } => ({
  type: 'bad-input',
  errors: [{ path: 'leadId', message }],
})

const makeChange =
  (type: Change, conflictOf: (leads: Pick<Leads, 'load'>, lead: Lead, other: Lead) => Promise<Conflicting>) =>
  (ports: MergeLeadsPorts) =>
  async ({ params, body }: ApiRequest<Texts, z.infer<typeof mergeBody>>): Promise<ApiResult> => {
    const [leadId, otherId] = [parseLeadId(params.leadId), parseLeadId(body.leadId)]
    if (otherId === undefined) return bad(wanted)
    if (leadId === otherId) return bad('must be another lead than the one of the path')
    const [lead, other] = await Promise.all([leadId && ports.leads.load(leadId), ports.leads.load(otherId)])
    if (!lead) return noSuchLead
    if (!other) return { type: 'not-found', detail: `There is no lead with the id ${otherId}.` }
    const conflict = await conflictOf(ports.leads, lead, other)
    if (conflict) return { type: 'conflict', ...conflict }
    const activity: Activity = {
      id: ports.newId(),
      type,
      subject: { leadId: lead.leadId },
      occurredAt: ports.clock(),
      properties: { leadId: otherId },
      timeAssumed: false,
    }
    await ports.bus.submit([activity])
    const change = { after: { leadId: otherId } }
    return { type: 'accepted', body: { status: 'accepted', id: activity.id }, change }
  }

type Conflicting =
  | { readonly detail: string; readonly current: { readonly mergedInto: string | null } }
  | undefined

/** Merges two leads that are not merged already. If a concurrent request merges them first, nothing happens. */
export const makeMergeRoute = makeChange('lead.merged', async (leads, lead, other) => {
  for (const one of [other, lead])
    if (one.mergedInto !== undefined) {
      const mergedInto = (await rootLead(leads, one.leadId))?.leadId ?? one.mergedInto
      return { detail: `${one.leadId} is already merged into ${mergedInto}.`, current: { mergedInto } }
    }
  return undefined
})

/** Reverses a merge, from the lead that the other was merged into. */
export const makeUnmergeRoute = makeChange('lead.unmerged', async (_leads, lead, other) => {
  const mergedInto = other.mergedInto ?? null
  if (mergedInto === lead.leadId) return undefined
  const where = mergedInto === null ? 'merged into no lead' : `merged into ${mergedInto}`
  return { detail: `${other.leadId} is ${where}.`, current: { mergedInto } }
})

interface CheckDealPorts {
  readonly leads: Pick<Leads, 'facts'>
  readonly handoffs: Pick<Handoffs, 'list'>
  readonly rules: Rules
}

const unknownDeal: Refusal = {
  type: 'bad-input',
  errors: [
    {
      path: 'properties.dealId',
      message: 'there is no such deal: leave it out for the open one, or record deal.opened',
    },
  ],
}

/**
 * Checks an activity logged by hand against the lead's deals, at its place in the log: an activity that arrives late is not a
 * step back.
 * @param leadId `root` itself, or a lead merged into it.
 * @returns the reason against it; undefined if it fits or concerns no deal.
 */
const makeCheckDeal = ({ leads, handoffs, rules }: CheckDealPorts) => {
  /** Accepting a handoff opens its deal once the answer is in the log. */
  const isAccepted = async (leadId: LeadId, dealId: string): Promise<boolean> =>
    (await handoffs.list(leadId)).some(
      ({ handoffId, answer }) => handoffId === dealId && answer.state === 'accepted',
    )

  return async (root: Lead, leadId: LeadId, activity: Activity): Promise<Refusal | undefined> => {
    const { id, type, occurredAt, properties } = activity
    if (!isAboutDeal(type)) return undefined
    const log = await leads.facts(root.leadId)
    const dealId = givenDealId(properties.dealId)
    const deals = draftOf(log, rules)?.deals ?? []
    const isKnown = deals.some((deal) => deal.dealId === dealId || deal.externalId === dealId)
    const isRepeat = log.some((fact) => fact.id === id)
    if (type === 'deal.opened' && dealId !== undefined && isKnown && !isRepeat)
      return { type: 'conflict', detail: `Deal ${dealId} is there already.` }
    if (type !== 'deal.opened' && dealId !== undefined && !isKnown && !(await isAccepted(leadId, dealId)))
      return unknownDeal
    const fact: Fact = { id, type, occurredAt, properties }
    let found: DealStay | undefined
    draftOf([...log, leadId === root.leadId ? fact : { ...fact, member: leadId }], rules, undefined, {
      dealStayed: (stayed, stay) => {
        if (stayed.id === id) found = stay
      },
    })
    return found && refusalOf(found)
  }
}

const refusalOf = (stay: DealStay): Refusal => {
  const { dealId, status, phase } = stay
  return { type: 'conflict', detail: wordStay(stay), current: { dealId, status, phase } }
}

export interface RecordByHandPorts extends CheckDealPorts {
  readonly leads: Pick<Leads, 'load' | 'facts'>
  readonly bus: Bus
  readonly clock: Clock
  /** Id for an activity without one. */
  readonly newId: () => string
}

const byHand = (activity: Activity, { name, roles }: Caller): Activity =>
  asTold(asByHand(activity), { type: 'by-hand', by: name, isAdmin: roles.includes('admin') })

const refusal = (path: string, message: string): ApiResult => ({
  type: 'bad-input',
  errors: [{ path, message }],
})

const voidedBy = ({ type, properties }: Activity): string | undefined =>
  type === 'activity.voided' && typeof properties.activityId === 'string' ? properties.activityId : undefined

/** Refuses voiding what only an admin may void, and an id already in use: the earlier of two facts with one id would replace the other. */
const misfitOf = async (
  { leads }: Pick<RecordByHandPorts, 'leads'>,
  { leadId }: Lead,
  activity: Activity,
  isNew: boolean,
): Promise<ApiResult | undefined> => {
  const isVoiding = activity.type === 'activity.voided'
  const facts = isNew && !isVoiding ? [] : await leads.facts(leadId)
  const current = facts.find(({ id }) => id === activity.id)
  if (current && (current.type !== activity.type || isRefusal(current)))
    return refusal('id', 'is the id of another activity of this lead')
  if (!isVoiding || isByAdmin(activity)) return undefined
  const voided = facts.find(({ id }) => id === activity.properties.activityId)
  return voided && isRefusal(voided)
    ? {
        type: 'forbidden',
        detail: 'What a person or their mail provider has said is taken back by an admin alone.',
      }
    : undefined
}

/**
 * Sales logs a call, a proposal or a win, or voids an activity (`activity.voided`): stored as an activity of the lead in the
 * path, with the person who logged it. An activity that leaves its deal unchanged is accepted from programs and refused to
 * people. `deal.opened` always opens another deal.
 */
export const makeRecordByHand = (ports: RecordByHandPorts) => {
  const checkDeal = makeCheckDeal(ports)
  const read = (body: object, lead: Lead, caller: Caller): Activity | readonly FieldError[] => {
    const parsed = parseActivity({ ...body, subject: { leadId: lead.leadId } }, ports.clock(), ports.newId())
    if (parsed.type === 'refused') return parsed.errors
    const own = whyNotByHand(parsed.activity.type)
    if (own !== undefined) return [{ path: 'type', message: own }]
    const misfit = addressMisfit(
      parsed.activity,
      identityRules(ports.rules.playbook.settings.identity),
      lead.email,
    )
    if (misfit) return [misfit]
    return byHand(parsed.activity, caller)
  }
  return async ({ params, body, caller }: ApiRequest): Promise<ApiResult> => {
    const leadId = parseLeadId(params.leadId)
    const lead = leadId && (await ports.leads.load(leadId))
    const root = lead && (await rootLead(ports.leads, lead.leadId))
    if (!lead || !root) return { type: 'not-found', detail: 'There is no lead with this id.' }
    if (typeof body !== 'object' || body === null) return refusal('', 'must be a JSON object')
    const activity = read(body, lead, caller)
    if (!('id' in activity)) return { type: 'bad-input', errors: activity }
    const isNew = !('id' in body)
    const misfit =
      (await misfitOf(ports, root, activity, isNew)) ?? (await checkDeal(root, lead.leadId, activity))
    if (misfit) return misfit
    await ports.bus.submit([activity])
    return {
      type: 'accepted',
      body: { status: 'accepted', id: activity.id },
      change: { after: { type: activity.type, activityId: voidedBy(activity) ?? activity.id } },
    }
  }
}
